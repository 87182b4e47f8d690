import type { ModelProto } from 'onnx-buf';
import type { NamedArray, Weights } from '@secateur/groups';
import { readAnyFloats } from '../file/floats.ts';
import { derive, type Derived } from './derive.ts';

/**
 * The values of every weight that {@link onnxLayout} names, as float32, wherever in the graph the constant is. What is not zero
 * in the file is not zero here.
 *
 * @throws {@link OnnxError} for a graph that names what it does not have, or whose constants are not as they say.
 *
 * @example
 * ```ts
 * import { denseLayer, sequence } from '@secateur/cells';
 * import { onnxWeights, toOnnx } from '@secateur/onnx';
 *
 * const net = sequence(denseLayer('out', { input: 'features', output: 'classes', bias: false }));
 * const dims = { features: 2, classes: 1 };
 * const weights = { 'out/kernel': { shape: [2, 1], data: Float32Array.of(0.5, -1) } };
 * const model = toOnnx(net, { weights, layout: net.layout(dims) });
 * onnxWeights(model); // => { 'out/kernel': { shape: [2, 1], data: [0.5, -1] } }
 * ```
 */
export function onnxWeights(model: ModelProto): Weights {
  // Which weights there are does not depend on the sizes that states may have.
  return weightsOf(derive(model, 'keep'));
}

/** The values of the weights of a graph that was followed. */
export function weightsOf({ weights }: Derived): Weights {
  const found: Record<string, NamedArray> = {};
  for (const { name, weight, part } of weights) {
    const { shape, data } = readAnyFloats(weight.tensor);
    const length = data.length / (shape[0] ?? 1);
    found[name] =
      part === undefined
        ? { shape, data }
        : { shape: [1, ...shape.slice(1)], data: data.slice(part * length, (part + 1) * length) };
  }
  return found;
}
