/**
 * Reads, prunes and writes ONNX files of recurrent networks, without TensorFlow.js.
 * @packageDocumentation
 */
export { decodeOnnx, encodeOnnx } from './file/model.ts';
export { toOnnx, type OnnxOutputs, type ToOnnxOptions } from './export/to-onnx.ts';
export {
  layersModelToOnnx,
  type LayersModelToOnnxOptions,
} from './export/layers-model/layers-model-to-onnx.ts';
export type { ReadableModel, ReadableVariable } from './export/layers-model/facts.ts';
export { addLayer, type AddedLayer, type AddLayerOptions } from './export/add-layer.ts';
export {
  onnxGraph,
  type AxisSize,
  type ElementType,
  type NodeOptions,
  type OnnxGraph,
} from './export/graph.ts';
export type { OnnxAttribute } from './export/attributes.ts';
export { onnxModel, type OnnxOpset } from './export/onnx-model.ts';
export { withFloat16Constants } from './export/float16.ts';
export { onnxMetadata, type OnnxMetadata } from './export/metadata.ts';
export { nextStates, zeroStates, type OnnxState } from './export/states.ts';
export { fromOnnx, type FromOnnx, type OnnxEnd } from './import/from-onnx.ts';
export {
  onnxLayout,
  type ExplainedOnnxLayout,
  type OnnxLayoutOptions,
} from './layout/onnx-layout.ts';
export { onnxWeights } from './layout/onnx-weights.ts';
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
export { OnnxError, type OnnxErrorCode } from './error.ts';
