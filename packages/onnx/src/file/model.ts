import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type ModelProto } from 'onnx-buf';
import { argumentError, fileError, OnnxError } from '../error.ts';
import { checkLimits } from './limits.ts';

/**
 * Reads an ONNX file. Fields that its schema does not know are kept, so that {@link encodeOnnx} writes them again.
 *
 * @throws {@link OnnxError} if the bytes are no ONNX model with a graph, or one of more fields than any model has.
 *
 * @example
 * ```ts
 * import { denseLayer, sequence } from '@secateur/cells';
 * import { decodeOnnx, encodeOnnx, toOnnx } from '@secateur/onnx';
 *
 * const net = sequence(denseLayer('out', { input: 'features', output: 'classes' }));
 * const dims = { features: 3, classes: 2 };
 * const bytes = encodeOnnx(toOnnx(net, { weights: net.init(dims, 1), layout: net.layout(dims) }));
 * const { graph, opsetImport } = decodeOnnx(bytes); // Or of readFileSync('model.onnx').
 * graph?.initializer.map(({ name }) => name); // => ['out/kernel', 'out/bias']
 * Number(opsetImport[0]?.version); // => 17
 * ```
 */
export function decodeOnnx(bytes: Uint8Array): ModelProto {
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw argumentError(
      `decodeOnnx: expected the bytes of a file as a Uint8Array, found ${typeof bytes}.`,
    );
  }
  let model: ModelProto;
  try {
    // Of a Buffer of Node even a slice would be the caller's memory.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    checkLimits(plain);
    model = fromBinary(ModelProtoSchema, plain);
  } catch (cause) {
    if (cause instanceof OnnxError) throw cause;
    throw fileError(
      `decodeOnnx: expected an ONNX file, found ${bytes.length} bytes that are none (${(cause as Error).message}); is the file truncated?`,
      { cause },
    );
  }
  if (model.graph === undefined || model.opsetImport.length === 0) {
    throw fileError(
      `decodeOnnx: expected an ONNX model with a graph and the versions of its operators, found ${bytes.length} bytes without; is this an ONNX file?`,
    );
  }
  return model;
}

/**
 * Writes an ONNX file: the bytes of {@link decodeOnnx}, with fields that the schema does not know.
 *
 * @example
 * ```ts
 * import { decodeOnnx, encodeOnnx, onnxGraph, onnxModel } from '@secateur/onnx';
 *
 * const model = onnxModel(onnxGraph());
 * model.docString = 'Trained on 100 books.';
 * const bytes = encodeOnnx(model);
 * decodeOnnx(bytes).docString; // => 'Trained on 100 books.'
 * ```
 */
export function encodeOnnx(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}
