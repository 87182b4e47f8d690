import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a layer, an option, a size or a seed), `tensors` (weights, inputs or
 * targets, or numbers in them) or `install` (packages that do not belong together).
 */
export type CellErrorCode = 'argument' | 'tensors' | 'install';

/**
 * What went wrong in a layer, an initializer or dropout; the message says what to do about it.
 *
 * @example
 * ```ts
 * import { CellError, dropoutMask } from '@secateur/cells';
 *
 * let code: string | undefined;
 * try {
 *   dropoutMask(4, 1, 0);
 * } catch (error) {
 *   if (error instanceof CellError) code = error.code;
 * }
 * code; // => argument
 * ```
 */
export class CellError extends CodedError<CellErrorCode> {
  /** Always `'CellError'`. */
  override readonly name: string = 'CellError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<CellError> = coded(CellError, 'argument');
/** An error with the code `tensors`. */
export const tensorsError: MakeError<CellError> = coded(CellError, 'tensors');
/** An error with the code `install`. */
export const installError: MakeError<CellError> = coded(CellError, 'install');
