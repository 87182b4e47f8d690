import type * as Core from '@tensorflow/tfjs-core';
import type * as Backend from '@secateur/backend';
import type * as Tfjs from '@secateur/pruner/tfjs';
import type * as Node from '@secateur/pruner/node';
import { findBackendPackages } from '../backend-packages.ts';
import { CommandError } from '../command-error.ts';
import { findPackage, type FolderPackage } from '../folder-packages.ts';
import { messageOf } from '../message-of.ts';
import { version } from '../version.ts';

/** What reads, prunes and runs a `tf.LayersModel`: TensorFlow.js and our packages over it, as the user's folder has them. */
export interface FolderTools {
  readonly core: typeof Core;
  readonly tfjs: typeof Tfjs;
  readonly node: typeof Node;
  /** Name of the backend that was started. */
  readonly backend: string;
}

/**
 * Loads TensorFlow.js from the user's folder and starts a backend there, on which the model is.
 *
 * @throws CommandError that says which command installs what is missing.
 */
export async function loadFolderTools(folder: string): Promise<FolderTools> {
  const pruner = required('@secateur/pruner', folder);
  const [backend, ...drivers] = findBackendPackages(folder);
  const core = required('@tensorflow/tfjs-core', folder);
  required('@tensorflow/tfjs-layers', folder);
  const { useBackend } = (await loaded(backend)) as typeof Backend;
  // One that does not load is no reason to stop: there is another.
  for (const driver of drivers) await driver.load().catch(() => undefined);
  // Not WebGPU, whose values cannot be read at once, as pruning a model does.
  const { name } = await useBackend('wasm').catch(() => useBackend('cpu'));
  const cells = findPackage('@secateur/cells', folder);
  if (cells !== undefined) {
    const { registerLayers } = (await loaded(cells, '/layers')) as { registerLayers(): void };
    registerLayers();
  }
  return {
    core: (await loaded(core)) as typeof Core,
    tfjs: (await loaded(pruner, '/tfjs')) as typeof Tfjs,
    node: (await loaded(pruner, '/node')) as typeof Node,
    backend: name,
  };
}

function required(name: string, folder: string): FolderPackage {
  const found = findPackage(name, folder);
  if (found !== undefined) return found;
  throw new CommandError(
    `expected the package ${name}, which a tf.LayersModel needs, found none in this folder; npm install @secateur/pruner@${version} @secateur/backend@${version} @secateur/backend-wasm@${version} @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0.`,
  );
}

async function loaded(one: FolderPackage, subpath = ''): Promise<unknown> {
  try {
    return await one.load(subpath);
  } catch (cause) {
    throw new CommandError(
      `expected ${one.name}${subpath} ${one.version} to load, found: ${messageOf(cause)}; install it again, or, in Secateur's own repository, run \`npm run build\`.`,
      { cause },
    );
  }
}
