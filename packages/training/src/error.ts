import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `config` (another config or a
 * directory that is no run), `locked` (another process has the run), `finished`, `checkpoint`, `metrics`, `tensors`,
 * `optimizer`, `diverged`, `stopped` (an error from elsewhere ended the training), or `file` (the file system refused).
 */
export type TrainingErrorCode =
  | 'argument'
  | 'config'
  | 'locked'
  | 'finished'
  | 'checkpoint'
  | 'metrics'
  | 'tensors'
  | 'optimizer'
  | 'diverged'
  | 'stopped'
  | 'file';

/**
 * What every check of this package throws; the text says what was expected, what was found and what to do.
 *
 * @example
 * ```ts
 * import { readRun, TrainingError } from '@secateur/training/run';
 *
 * let code: string | undefined;
 * try {
 *   readRun('runs/that-nobody-began');
 * } catch (error) {
 *   if (error instanceof TrainingError) code = error.code;
 * }
 * code; // => config
 * ```
 */
export class TrainingError extends CodedError<TrainingErrorCode> {
  /** Always `'TrainingError'`. */
  override readonly name: string = 'TrainingError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<TrainingError> = coded(TrainingError, 'argument');
