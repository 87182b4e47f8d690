import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `weights` (arrays that are
 * damaged or not those of the cell or the layout), `model` (one that cannot be read, rebuilt or loaded), `optimizer` (a state that
 * cannot be cut or restored) or `file` (what is on the disk, or the file system).
 */
export type PrunerErrorCode = 'argument' | 'weights' | 'model' | 'optimizer' | 'file';

/**
 * What this package throws when weights, a layout, a model or a file is not as it must be.
 *
 * @example
 * ```ts
 * import { PrunerError, weightsFromSafetensors } from '@secateur/pruner';
 *
 * let code: string | undefined;
 * try {
 *   weightsFromSafetensors(Uint8Array.of(1, 2, 3));
 * } catch (error) {
 *   if (error instanceof PrunerError) code = error.code;
 * }
 * code; // => 'weights'
 * ```
 */
export class PrunerError extends CodedError<PrunerErrorCode> {
  /** Always `'PrunerError'`. */
  override readonly name: string = 'PrunerError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<PrunerError> = coded(PrunerError, 'argument');
/** An error with the code `weights`. */
export const weightsError: MakeError<PrunerError> = coded(PrunerError, 'weights');
/** An error with the code `model`. */
export const modelError: MakeError<PrunerError> = coded(PrunerError, 'model');
/** An error with the code `optimizer`. */
export const optimizerError: MakeError<PrunerError> = coded(PrunerError, 'optimizer');
/** An error with the code `file`. */
export const fileError: MakeError<PrunerError> = coded(PrunerError, 'file');
