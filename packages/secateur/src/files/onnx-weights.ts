import type { decodeOnnx } from '@secateur/onnx';
import type { Layout, NamedArray, Weights } from '@secateur/groups';
import { toFloat32 } from '@secateur/safetensors';

type Model = ReturnType<typeof decodeOnnx>;
type Tensor = NonNullable<Model['graph']>['initializer'][number];

/** Codes of `TensorProto.DataType`. */
const FLOAT = 1;
const FLOAT16 = 10;
const BFLOAT16 = 16;

/**
 * The values of the weights that a layout of `onnxLayout` names; those that lie inside of a branch or in another file are left out.
 * A weight of two directions is two, `w/forward` and `w/backward`.
 */
export function onnxWeights({ graph }: Model, layout: Layout): Weights {
  const tensors = new Map(graph!.initializer.map((tensor) => [tensor.name, tensor]));
  for (const { opType, output, attribute } of graph!.node) {
    const value = attribute.find(({ name }) => name === 'value')?.t;
    if (opType === 'Constant' && value !== undefined) tensors.set(output[0]!, value);
  }
  const weights: Record<string, NamedArray> = {};
  for (const name of Object.keys(layout.weights)) {
    const [, whole, direction] = /^(.*)\/(forward|backward)$/s.exec(name) ?? [];
    const array = floatsOf(tensors.get(name));
    const both = whole === undefined ? undefined : floatsOf(tensors.get(whole));
    if (array !== undefined) weights[name] = array;
    else if (both !== undefined) weights[name] = half(both, direction === 'forward' ? 0 : 1);
  }
  return weights;
}

function floatsOf(tensor: Tensor | undefined): NamedArray | undefined {
  if (tensor === undefined) return undefined;
  const { dataType, rawData, floatData, int32Data } = tensor;
  const shape = tensor.dims.map(Number);
  // A copy begins at an offset that floats can begin at, which a slice of a Buffer does not.
  const bytes = Uint8Array.from(rawData);
  if (dataType === FLOAT) {
    const data = bytes.length > 0 ? new Float32Array(bytes.buffer) : Float32Array.from(floatData);
    return { shape, data };
  }
  if (dataType !== FLOAT16 && dataType !== BFLOAT16) return undefined;
  const bits = bytes.length > 0 ? new Uint16Array(bytes.buffer) : Uint16Array.from(int32Data);
  return {
    shape,
    data: toFloat32({ shape, dtype: dataType === FLOAT16 ? 'F16' : 'BF16', data: bits }),
  };
}

function half({ shape, data }: NamedArray, part: number): NamedArray {
  const length = data.length / shape[0]!;
  return { shape: [1, ...shape.slice(1)], data: data.slice(part * length, (part + 1) * length) };
}
