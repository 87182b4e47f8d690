import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `file` (no ONNX file, or one that is
 * damaged), `model` (one that can be run perhaps, but not pruned, read as a network or compared) or `network` (one of ours or of
 * TensorFlow.js, that cannot be written as ONNX).
 */
export type OnnxErrorCode = 'argument' | 'file' | 'model' | 'network';

/**
 * What every function of this package throws when an ONNX file or a network does not fit.
 *
 * @example
 * ```ts
 * import { decodeOnnx, OnnxError } from '@secateur/onnx';
 *
 * let code: string | undefined;
 * try {
 *   decodeOnnx(Uint8Array.of(1, 2, 3));
 * } catch (error) {
 *   if (error instanceof OnnxError) code = error.code;
 * }
 * code; // => 'file'
 * ```
 */
export class OnnxError extends CodedError<OnnxErrorCode> {
  /** Always `'OnnxError'`. */
  override readonly name = 'OnnxError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<OnnxError> = coded(OnnxError, 'argument');
/** An error with the code `file`. */
export const fileError: MakeError<OnnxError> = coded(OnnxError, 'file');
/** An error with the code `model`. */
export const modelError: MakeError<OnnxError> = coded(OnnxError, 'model');
/** An error with the code `network`. */
export const networkError: MakeError<OnnxError> = coded(OnnxError, 'network');
