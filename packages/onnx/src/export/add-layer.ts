import type {
  DescribedBidirectional,
  DescribedDense,
  DescribedRecurrent,
  LayerDescription,
  Weights,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError, networkError } from '../error.ts';
import { addCellLoop } from './cell-loop.ts';
import type { OnnxGraph } from './graph.ts';
import { knownCell } from './known-cells.ts';
import { addRecurrentOp, type RecurrentInputs, type RecurrentOutputs } from './recurrent-op.ts';

/** What a layer of ours is written with. */
export interface AddLayerOptions {
  /** The weights of the network, by name. */
  readonly weights: Weights;
  /** Steps of each sequence `[batch]` int32, for layers that read both ways; all where left out. */
  readonly lengths?: string;
  /** States of a recurrent layer before the first step, `[1, batch, units]` each, in the cell's order; zeros where left out. */
  readonly states?: readonly string[];
  /** Whether there is one step only, so that no cell needs a loop; default false. */
  readonly once?: boolean;
}

/** What a layer gives. */
export interface AddedLayer {
  /** Its outputs. */
  readonly y: string;
  /** The states of a recurrent layer after the last step, `[1, batch, units]` each; of other layers none. */
  readonly states: readonly string[];
}

/**
 * Adds a layer of ours to a graph: to `x` `[time, batch, features]`, or word ids `[time, batch]` for an embedding. Dense layers and
 * embeddings take any axes before.
 *
 * @throws {@link OnnxError} for lengths of a cell that is written as a loop.
 *
 * @example
 * ```ts
 * import { denseLayer } from '@secateur/cells';
 * import { addLayer, onnxGraph } from '@secateur/onnx';
 *
 * const layer = denseLayer('out', { input: 'features', output: 'classes' });
 * const kernel = { shape: [2, 1], data: Float32Array.of(1, 2) };
 * const weights = { 'out/kernel': kernel, 'out/bias': { shape: [1], data: Float32Array.of(3) } };
 * const graph = onnxGraph();
 * const x = graph.input('x', 'float32', ['batch', 2]);
 * const { y } = addLayer(graph, layer, x, { weights });
 * graph.output('y', graph.node('Relu', [y]), 'float32', ['batch', 1]);
 * graph.proto('net').node.map(({ opType }) => opType); // => ['MatMul', 'Add', 'Relu', 'Identity']
 * ```
 */
export function addLayer(
  graph: OnnxGraph,
  layer: LayerDescription,
  x: string,
  options: AddLayerOptions,
): AddedLayer {
  const names = { weights: true, lengths: true, states: true, once: true } as const;
  checkOptions('addLayer', options, names, argumentError);
  const { weights, states } = options;
  if (layer.kind === 'dropout') return { y: x, states: [] };
  if (layer.kind === 'embedding') {
    const table = graph.constant(layer.name, weights[layer.name]!);
    const y = graph.node('Gather', [table, x], { name: `${layer.name}/rows` });
    return { y, states: [] };
  }
  if (layer.kind === 'dense') return { y: addDense(graph, layer, x, weights), states: [] };
  if (layer.kind === 'recurrent') return addRecurrent(graph, layer, { x, states }, options);
  return { y: addBidirectional(graph, layer, x, options), states: [] };
}

/** A dense layer that shares an embedding's table reads it as it is stored, so that it is in the file once. */
function addDense(graph: OnnxGraph, layer: DescribedDense, x: string, weights: Weights): string {
  const { name, kernel, bias, transposed } = layer;
  const stored = graph.constant(kernel, weights[kernel]!);
  const matrix = transposed
    ? graph.node('Transpose', [stored], { attributes: { perm: [1, 0] } })
    : stored;
  const y = graph.node('MatMul', [x, matrix], { name: `${name}/product` });
  if (bias === undefined) return y;
  return graph.node('Add', [y, graph.constant(bias, weights[bias]!)], { name: `${name}/sum` });
}

function addRecurrent(
  graph: OnnxGraph,
  layer: DescribedRecurrent,
  inputs: RecurrentInputs,
  { weights, once = false }: AddLayerOptions,
): RecurrentOutputs {
  const known = knownCell(layer, weights);
  if (known !== undefined) return addRecurrentOp(graph, layer.name, known, inputs);
  if (inputs.lengths !== undefined) {
    throw networkError(
      `addLayer: expected a cell that ONNX has an operator for where sequences have lengths, found ${layer.cell.name} in ${layer.name}; leave lengths out.`,
    );
  }
  return addCellLoop(graph, layer, weights, inputs, once);
}

/** Two operators and not one of both directions, whose units ONNX wants as many. */
function addBidirectional(
  graph: OnnxGraph,
  { name, forward, backward }: DescribedBidirectional,
  x: string,
  options: AddLayerOptions,
): string {
  const { lengths } = options;
  const there = addRecurrent(graph, forward, { x, lengths }, options);
  const back = addRecurrent(graph, backward, { x, lengths, reverse: true }, options);
  const attributes = { axis: 2 };
  return graph.node('Concat', [there.y, back.y], { name: `${name}/y`, attributes });
}
