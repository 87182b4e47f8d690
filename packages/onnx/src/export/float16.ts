import { create } from '@bufbuild/protobuf';
import {
  NodeProtoSchema,
  TensorProto_DataType as Type,
  TensorProtoSchema,
  type ModelProto,
} from 'onnx-buf';
import { toFloat16 } from '@secateur/safetensors';
import { readFloats } from '../file/floats.ts';
import { decodeOnnx, encodeOnnx } from '../file/model.ts';
import { attributeProto } from './attributes.ts';

/**
 * Stores the float32 constants of a model as float16, half as long. Each goes through a `Cast` back to float32, which runtimes do
 * once, when they load the file: it computes as before, with rounded numbers. Scalars and constants inside of nodes stay.
 *
 * @throws SafetensorsError of `@secateur/safetensors` for a number beyond those of float16.
 *
 * @example
 * ```ts
 * import { encodeOnnx, onnxGraph, onnxModel, withFloat16Constants } from '@secateur/onnx';
 *
 * const graph = onnxGraph();
 * const table = graph.constant('table', { shape: [1000], data: new Float32Array(1000).fill(0.1) });
 * graph.output('y', table, 'float32', [1000]);
 * const model = onnxModel(graph);
 * const short = withFloat16Constants(model);
 * short.graph?.initializer.map(({ rawData }) => rawData.length); // => [2000]
 * encodeOnnx(model).length - encodeOnnx(short).length > 1900; // => true
 * ```
 */
export function withFloat16Constants(model: ModelProto): ModelProto {
  const stored = decodeOnnx(encodeOnnx(model));
  const graph = stored.graph!;
  // What is an input or an output as well has a declared type.
  const ends = new Set([...graph.input, ...graph.output].map(({ name }) => name));
  const casts = graph.initializer.flatMap((tensor, i) => {
    const { name, dims } = tensor;
    if (tensor.dataType !== (Type.FLOAT as number) || dims.length === 0 || ends.has(name))
      return [];
    const { data } = readFloats(tensor);
    const short = `${name}/float16`;
    graph.initializer[i] = create(TensorProtoSchema, {
      ...{ name: short, dims, dataType: Type.FLOAT16 },
      rawData: new Uint8Array(toFloat16(data).buffer).slice(),
    });
    return create(NodeProtoSchema, {
      ...{ name: `${name}/float32`, opType: 'Cast', input: [short], output: [name] },
      attribute: [attributeProto('to', Type.FLOAT)],
    });
  });
  graph.node.unshift(...casts);
  return stored;
}
