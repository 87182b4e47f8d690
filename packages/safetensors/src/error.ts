import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `tensors` (those that are to be written) or `file` (one that is
 * malformed, or that the file system refused).
 */
export type SafetensorsErrorCode = 'tensors' | 'file';

/**
 * What this package throws when a file is malformed or a tensor cannot be written.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, SafetensorsError } from '@secateur/safetensors';
 *
 * let code: string | undefined;
 * try {
 *   decodeSafetensors(Uint8Array.of(1, 2, 3));
 * } catch (error) {
 *   if (error instanceof SafetensorsError) code = error.code;
 * }
 * code; // => file
 * ```
 */
export class SafetensorsError extends CodedError<SafetensorsErrorCode> {
  /** Always `'SafetensorsError'`. */
  override readonly name: string = 'SafetensorsError';
}

/** An error with the code `tensors`. */
export const tensorsError: MakeError<SafetensorsError> = coded(SafetensorsError, 'tensors');
/** An error with the code `file`. */
export const fileError: MakeError<SafetensorsError> = coded(SafetensorsError, 'file');
