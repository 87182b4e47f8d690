import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkShapes, recurrentDims } from '@secateur/groups';
import { prune, report } from '@secateur/pruner';
import {
  readModelDirectory,
  writeModelDirectory,
  type ModelDirectory,
} from '@secateur/pruner/node';
import { chainOf } from '../network/chain.ts';
import { chainRunner } from '../network/run-chain.ts';
import { orderIn, partsOf } from '@secateur/pruner/names';
import { chooseComponents, historyEntry } from './choose.ts';
import type { ModelFile } from './model-file.ts';
import { checkFacts } from './own-metadata.ts';
import type { GivenLayout } from './parse-layout.ts';

/** Reads a model directory of ours, whose config.json has the layout. */
export async function openModelDirectory(path: string, given?: GivenLayout): Promise<ModelFile> {
  const found = await readModelDirectory(path);
  if (given?.kind === 'layout') {
    const shapes = Object.fromEntries(
      Object.entries(found.weights).map(([name, { shape }]) => [name, shape]),
    );
    checkShapes(given.layout, shapes);
  }
  const bytes = bytesOf(path, found);
  const directory = given?.kind === 'layout' ? { ...found, layout: given.layout } : found;
  return modelOf(path, bytes, directory, given?.kind === 'chain' ? given.order : undefined);
}

const bytesOf = (folder: string, { vocabulary, files }: ModelDirectory): number =>
  ['model.safetensors', 'config.json', ...Object.keys(files)]
    .concat(vocabulary === undefined ? [] : 'vocabulary.json')
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

function modelOf(
  path: string,
  bytes: number,
  directory: ModelDirectory,
  order: readonly string[] | undefined,
): ModelFile {
  const { weights, layout, architecture, history } = directory;
  const model: ModelFile = {
    ...{ path, bytes, weights, layout, notes: [], dims: recurrentDims(layout), equal: [] },
    title: `model directory of Secateur, ${directory.modelType}`,
    smaller(options) {
      const { kept, exact } = chooseComponents(model, options);
      const cut = prune(weights, layout, kept);
      const next = {
        ...directory,
        ...cut,
        history: [...history, historyEntry(layout, kept, exact)],
      };
      return Promise.resolve({
        model: modelOf(path, 0, next, order),
        report: report(layout, cut.layout),
        exact,
      });
    },
    chain() {
      const parts = partsOf(weights, checkFacts(architecture, `the architecture of "${path}"`));
      return chainOf(parts, order ?? orderIn(layout, parts), weights);
    },
    runner: () => Promise.resolve().then(() => chainRunner(model.chain())),
    async save(out) {
      const { vocabulary, ...rest } = directory;
      await writeModelDirectory(out, {
        ...rest,
        ...(vocabulary === undefined ? {} : { vocabulary }),
      });
      return bytesOf(out, directory);
    },
  };
  return model;
}
