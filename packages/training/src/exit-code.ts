import { TrainingError } from './error.ts';

/**
 * Exit code of a training that would fail the same way again, which schedulers must not try again.
 *
 * @example
 * ```ts
 * import { spawnSync } from 'node:child_process';
 * import { FAILS_AGAIN } from '@secateur/training/run';
 *
 * // In place of a training that diverges.
 * const { status } = spawnSync(process.execPath, ['-e', 'process.exitCode = 42']);
 * const mayPass = status !== 0 && status !== FAILS_AGAIN;
 * mayPass; // => false
 * ```
 */
export const FAILS_AGAIN = 42;

/**
 * The exit code for what ended a training: 42 for a TrainingError of code `argument`, `config` or `diverged`, which would come
 * again, 1 for everything else, which may pass.
 *
 * @example
 * ```ts
 * import { exitCodeOf, TrainingError } from '@secateur/training/run';
 *
 * exitCodeOf(new TrainingError('The loss is NaN.', { code: 'diverged' })); // => 42
 * exitCodeOf(new TrainingError('The disk is full.', { code: 'file' })); // => 1
 * exitCodeOf(new Error('The GPU was lost.')); // => 1
 * ```
 */
export function exitCodeOf(error: unknown): 1 | 42 {
  if (!(error instanceof TrainingError)) return 1;
  return error.code === 'argument' || error.code === 'config' || error.code === 'diverged'
    ? FAILS_AGAIN
    : 1;
}
