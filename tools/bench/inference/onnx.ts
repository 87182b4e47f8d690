import { addLayer, encodeOnnx, onnxGraph, onnxModel } from '@secateur/onnx';
import { layersOf, STEPS, VOCAB, weightsOf, type StackedNetwork } from './stacked.ts';

/**
 * A network as an ONNX file: `x` `[STEPS, batch, input]` to `y` `[STEPS, batch, width]`, the outputs of the last layer or the
 * logits. The batch may be any.
 */
export function stackedOnnx(network: StackedNetwork, softmax: boolean): Uint8Array {
  const weights = weightsOf(network, softmax);
  const graph = onnxGraph();
  let y = graph.input('x', 'float32', [STEPS, 'batch', network.input]);
  for (const layer of layersOf(network, softmax).net.layers) {
    y = addLayer(graph, layer, y, { weights }).y;
  }
  const width = softmax ? VOCAB : network.hidden.at(-1)!;
  graph.output('y', y, 'float32', [STEPS, 'batch', width]);
  return encodeOnnx(onnxModel(graph));
}
