import { TrainingError } from './error.ts';

/** Exit code of a training that would fail the same way again, which schedulers must not try again. */
export const FAILS_AGAIN = 42;

/**
 * The exit code for what ended a training: 42 for a TrainingError of code `argument`, `config` or `diverged`, which would come
 * again, 1 for everything else, which may pass.
 */
export function exitCodeOf(error: unknown): 1 | 42 {
  if (!(error instanceof TrainingError)) return 1;
  return error.code === 'argument' || error.code === 'config' || error.code === 'diverged'
    ? FAILS_AGAIN
    : 1;
}
