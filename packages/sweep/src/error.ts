import { CodedError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `sweep` (a sweep file that makes no
 * sense), `spec` (a trial that is not what it was), `store` (the store refused or is not there), `queue` (Redis or
 * PostgreSQL refused or is not there), `build` (begun by another build of the kernels), `version` (made by another
 * major version), or `package` (an optional package is missing).
 */
export type SweepErrorCode =
  'argument' | 'sweep' | 'spec' | 'store' | 'queue' | 'build' | 'version' | 'package';

/**
 * What every check of this package throws; the text says what was expected, what was found and what to do.
 *
 * @example
 * ```ts
 * import { parseSweep, SweepError } from '@secateur/sweep';
 *
 * let code: string | undefined;
 * try {
 *   parseSweep('{ "name": "rates" }');
 * } catch (error) {
 *   if (error instanceof SweepError) code = error.code;
 * }
 * code; // => sweep
 * ```
 */
export class SweepError extends CodedError<SweepErrorCode> {
  /** Always `'SweepError'`. */
  override readonly name: string = 'SweepError';
}
