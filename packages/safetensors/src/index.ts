/**
 * The safetensors file format over typed arrays: encode to bytes, decode with every check.
 * @packageDocumentation
 */
export { encodeSafetensors } from './encode.ts';
export { decodeSafetensors } from './decode.ts';
export { encodeAs } from './encode-as.ts';
export { floatTensors } from './float-tensors.ts';
export { toFloat16 } from './to-float16.ts';
export { toFloat32 } from './to-float32.ts';
export { SafetensorsError, type SafetensorsErrorCode } from './error.ts';
export type {
  Dtype,
  SafetensorsFile,
  SafetensorsInput,
  SafetensorsTensor,
  TypedArray,
} from './types.ts';
