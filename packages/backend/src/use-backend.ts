import { checkOptions } from '@secateur/input';
import './register-gradients.ts';
import {
  type BackendDriver,
  type BackendName,
  type BackendOptions,
  backendNames,
  knownBackends,
} from './backend-driver.ts';
import { argumentError, BackendError } from './backend-error.ts';
import type { BackendDescription, SkippedBackend } from './description.ts';
import { findDriver } from './driver-registry.ts';
import { globalState, inTurn } from './global-state.ts';
import { runningBackend } from './running-backend.ts';
import { platformVersions } from './versions.ts';

/**
 * Starts a backend and returns which one runs and why. `'auto'` takes the first of webgpu, node-gpu, node, wasm, cpu
 * that starts here and is no slow stand-in, such as WebGPU on a software adapter; a name takes that one or throws a
 * {@link BackendError} with the reason and the fix. Of several calls at once each waits for those before it, for 20 seconds
 * at most, and the backend of the last one stays in charge.
 *
 * @throws {@link BackendError} with the code `argument` for a name or a number of threads that is none, whatever `name` is; with
 * `unavailable` when what was asked for does not start.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { getBackend } from '@tensorflow/tfjs-core';
 *
 * const { name, skipped } = await useBackend('cpu');
 * name; // => cpu
 * skipped; // => []
 * getBackend(); // => cpu
 * ```
 */
export async function useBackend(
  name: BackendName | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendDescription> {
  if (name !== 'auto' && !backendNames.includes(name)) {
    throw argumentError(
      `useBackend: expected one of auto, ${backendNames.join(', ')}, found "${String(name)}"; choose one of these.`,
    );
  }
  checkOptions('useBackend', options, { threads: true, binaries: true }, argumentError);
  const { threads = 1 } = options;
  if (!(Number.isSafeInteger(threads) && threads >= 1)) {
    throw argumentError(
      `useBackend: expected threads to be a whole number from 1, found ${String(threads)}; leave it out to use every core.`,
    );
  }
  return inTurn(() => startFirst(name, options));
}

/** Starts the backend of that name, or the first of all that starts here. */
async function startFirst(
  name: BackendName | 'auto',
  options: BackendOptions,
): Promise<BackendDescription> {
  const skipped: SkippedBackend[] = [];
  for (const candidate of name === 'auto' ? backendNames : [name]) {
    const attempt = await start(candidate, options, name === 'auto');
    if ('driver' in attempt) {
      const description: BackendDescription = {
        name: candidate,
        reason: name === 'auto' ? attempt.reason : `asked for; ${attempt.reason}`,
        skipped,
        features: attempt.driver.features?.() ?? {},
        versions: { ...platformVersions(), ...(await attempt.driver.versions?.()) },
      };
      globalState().description = description;
      return description;
    }
    if (name !== 'auto') {
      // It says already what is wrong and what to do.
      const { cause } = attempt;
      if (cause instanceof BackendError && cause.message.startsWith('useBackend')) throw cause;
      const fix =
        attempt.fix === undefined ? 'run doctor() for the state of every backend' : attempt.fix;
      throw new BackendError(
        `useBackend: expected to start ${name}, found: ${attempt.reason}; ${fix}.`,
        { code: 'unavailable', cause },
      );
    }
    skipped.push({
      name: candidate,
      reason: attempt.reason,
      ...(attempt.fix === undefined ? {} : { fix: attempt.fix }),
    });
  }
  const reasons = skipped.map((entry) => `${entry.name} (${entry.reason})`).join(', ');
  throw new BackendError(
    `useBackend: expected one backend to start, found none: ${reasons}; npm install @secateur/backend-wasm runs everywhere.`,
    { code: 'unavailable' },
  );
}

type Attempt =
  | { readonly driver: BackendDriver; readonly reason: string }
  | { readonly reason: string; readonly fix?: string; readonly cause?: unknown };

async function start(name: BackendName, options: BackendOptions, auto: boolean): Promise<Attempt> {
  const search = await findDriver(name);
  if (!('driver' in search)) return search;
  const { driver } = search;
  try {
    const { available, reason, fix, automatic = true } = await driver.probe();
    if (!available || (auto && !automatic)) return fix === undefined ? { reason } : { reason, fix };
    await driver.start(options);
    const current = runningBackend();
    if (current !== knownBackends[name].tfName) {
      const found = current === undefined ? 'none' : `"${current}"`;
      return { reason: `TensorFlow.js fell back to ${found}`, fix: `see why with doctor()` };
    }
    return { driver, reason };
  } catch (error) {
    // What the caller asks for is wrong on every machine: no other backend may hide that.
    if (error instanceof BackendError && error.code === 'argument') throw error;
    return { reason: error instanceof Error ? error.message : String(error), cause: error };
  }
}
