import { lstmLayer } from '@secateur/cells';
import { addLayer, encodeOnnx, onnxGraph, onnxModel } from '@secateur/onnx';
import { STEPS, VOCAB, type NetworkWeights } from '../infer/networks.ts';

/**
 * A stack of LSTMs as an ONNX file: `x` `[STEPS, batch, input]` to `y` `[STEPS, batch, width]`, the outputs of the last
 * layer or, with `softmax`, the logits. The batch may be any.
 */
export function stackedLstmOnnx(
  { layers, softmax }: NetworkWeights,
  options: { readonly softmax: boolean },
): Uint8Array {
  const graph = onnxGraph();
  let y = graph.input('x', 'float32', [STEPS, 'batch', layers[0]!.input]);
  for (const [index, { input, units, kernel, recurrent, bias }] of layers.entries()) {
    const name = `lstm${index + 1}`;
    const weights = {
      [`${name}/kernel`]: { shape: [input, 4 * units], data: kernel },
      [`${name}/recurrent`]: { shape: [units, 4 * units], data: recurrent },
      [`${name}/bias`]: { shape: [4 * units], data: bias },
    };
    y = addLayer(graph, lstmLayer(name, { input: 'x', units: 'h' }), y, { weights }).y;
  }
  const { units } = layers.at(-1)!;
  if (options.softmax) {
    const matrix = graph.constant('softmax', { shape: [units, VOCAB], data: softmax });
    y = graph.node('MatMul', [y, matrix]);
  }
  graph.output('y', y, 'float32', [STEPS, 'batch', options.softmax ? VOCAB : units]);
  return encodeOnnx(onnxModel(graph));
}
