import { lstmLayer } from '@secateur/cells';
import type { Weights } from '@secateur/groups';
import { addLayer, encodeOnnx, onnxGraph, onnxModel } from '@secateur/onnx';
import { STEPS, VOCAB } from './stacked.ts';

/**
 * A stack of LSTMs as an ONNX file: `x` `[STEPS, batch, input]` to `y` `[STEPS, batch, width]`, the outputs of the last layer
 * or, where there is a `softmax/kernel`, the logits. The batch may be any.
 */
export function stackedLstmOnnx(weights: Weights, layers: number): Uint8Array {
  const graph = onnxGraph();
  let y = graph.input('x', 'float32', [STEPS, 'batch', weights['lstm1/kernel']!.shape[0]!]);
  for (let layer = 1; layer <= layers; layer++) {
    const described = lstmLayer(`lstm${layer}`, { input: 'x', units: 'h' });
    y = addLayer(graph, described, y, { weights }).y;
  }
  const softmax = weights['softmax/kernel'];
  if (softmax !== undefined) y = graph.node('MatMul', [y, graph.constant('softmax', softmax)]);
  const width = softmax === undefined ? weights[`lstm${layers}/recurrent`]!.shape[0]! : VOCAB;
  graph.output('y', y, 'float32', [STEPS, 'batch', width]);
  return encodeOnnx(onnxModel(graph));
}
