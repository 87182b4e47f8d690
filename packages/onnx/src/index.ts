/**
 * Reads, prunes and writes ONNX files of recurrent networks, without TensorFlow.js.
 * @packageDocumentation
 */
export { decodeOnnx, encodeOnnx } from './file/model.ts';
export { OnnxError } from './error.ts';
