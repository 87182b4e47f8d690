/**
 * Reads, prunes and writes ONNX files of recurrent networks, without TensorFlow.js.
 * @packageDocumentation
 */
export { decodeOnnx, encodeOnnx } from './file/model.ts';
export {
  onnxLayout,
  type ExplainedOnnxLayout,
  type OnnxLayoutOptions,
} from './layout/onnx-layout.ts';
export { pruneOnnx, type PrunedOnnx, type PruneOnnxOptions } from './prune/prune-onnx.ts';
export type { ChangedEnd } from './prune/apply.ts';
export type { StateSizes } from './layout/derive.ts';
export {
  verifyOnnx,
  type OnnxRuntime,
  type OnnxVerification,
  type VerifyOnnxOptions,
} from './verify/verify-onnx.ts';
export type { OnnxValues } from './verify/inputs.ts';
export { OnnxError } from './error.ts';
