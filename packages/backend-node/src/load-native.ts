import { createRequire } from 'node:module';
import { engine, getBackend, removeBackend, setBackend, version_core } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import type { NativePackage } from './native-package.ts';
import { repairUtil } from './repair-util.ts';

/** What has been loaded, one for the process as TensorFlow.js's registries are. */
interface Loaded {
  readonly name: string;
  /** Threads that TensorFlow was loaded with; undefined when it chose. */
  readonly threads: number | undefined;
}

/** What tfjs-node takes TensorFlow.js from. */
const union = '@tensorflow/tfjs';

const key = Symbol.for('@secateur/backend-node');
const home = globalThis as { [key]?: Loaded };

/** The package that this process has loaded, if any. */
export function loadedNative(): Loaded | undefined {
  return home[key];
}

/**
 * Loads a tfjs-node package into this process; a second call does nothing. TensorFlow reads its threads from the
 * environment as it loads, so that they cannot change later. Throws a {@link BackendError} when another of the packages,
 * or another number of threads, is loaded already, and when the package brings a TensorFlow.js of its own.
 */
export function loadNative(chosen: NativePackage, threads: number | undefined): void {
  const loaded = loadedNative();
  if (loaded !== undefined) {
    checkLoaded(loaded, chosen, threads);
    return;
  }
  if ('tensorflow' in engine().registryFactory) {
    // Somebody imported it before us: it runs as it is, with the threads that it took.
    checkThreads(undefined, threads);
    home[key] = { name: chosen.name, threads: undefined };
    return;
  }
  prepareEnvironment(threads);
  repairUtil();
  const before = getBackend() as string | undefined;
  const require = createRequire(`${chosen.directory}/package.json`);
  const { version_core: theirs } = require(union) as { version_core: string };
  if (theirs !== version_core) {
    throw new BackendError(
      `loadNative: expected ${chosen.name} to share @tensorflow/tfjs-core ${version_core}, found its own ${theirs}; npm dedupe, so that one copy is left.`,
      { code: 'unavailable' },
    );
  }
  try {
    require(chosen.name);
  } catch (error) {
    if ('tensorflow' in engine().registryFactory) removeBackend('tensorflow');
    if (before !== undefined && before !== 'tensorflow') void setBackend(before);
    const message = error instanceof Error ? error.message : String(error);
    throw new BackendError(
      `loadNative: expected ${chosen.name} to load, found: ${message}; check that it and Node are for this machine, or build it again.`,
      { code: 'unavailable', cause: error },
    );
  }
  home[key] = { name: chosen.name, threads };
}

function checkLoaded(loaded: Loaded, chosen: NativePackage, threads: number | undefined): void {
  if (loaded.name !== chosen.name) {
    throw new BackendError(
      `loadNative: expected to load ${chosen.name}, found ${loaded.name} in this process already; use one of them a process.`,
      { code: 'unavailable' },
    );
  }
  checkThreads(loaded.threads, threads);
}

function checkThreads(running: number | undefined, wanted: number | undefined): void {
  if (wanted === undefined || wanted === running) return;
  throw new BackendError(
    `useBackend: expected TensorFlow to start with ${wanted} threads, found it running with ${running ?? 'those it chose'}; ask for them where the process first starts it.`,
    { code: 'unavailable' },
  );
}

/** Sets what TensorFlow reads when it loads; what the user has set stays, unless threads were asked for. */
function prepareEnvironment(threads: number | undefined): void {
  const { env } = process;
  // Without it TensorFlow prints lines about processor features on every start.
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (threads === undefined) return;
  env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  env['OMP_NUM_THREADS'] = String(threads);
}
