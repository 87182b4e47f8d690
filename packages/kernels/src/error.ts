import { coded, CodedError, type MakeError } from '@secateur/input';

/** What went wrong, for code that reacts to it: `cell` (equations that make none) or `argument` (a call's own input). */
export type KernelErrorCode = 'cell' | 'argument';

/**
 * What every function of this package throws when a cell, a size or a name does not fit.
 *
 * @example
 * ```ts
 * import { blockOrder, KernelError, lstmCell } from '@secateur/kernels';
 *
 * let code = 'none';
 * try {
 *   blockOrder(lstmCell, 'zrn');
 * } catch (error) {
 *   if (error instanceof KernelError) code = error.code;
 * }
 * code; // => argument
 * ```
 */
export class KernelError extends CodedError<KernelErrorCode> {
  /** Always `'KernelError'`. */
  override readonly name = 'KernelError';
}

/** An error with the code `cell`. */
export const cellError: MakeError<KernelError> = coded(KernelError, 'cell');
/** An error with the code `argument`. */
export const argumentError: MakeError<KernelError> = coded(KernelError, 'argument');
