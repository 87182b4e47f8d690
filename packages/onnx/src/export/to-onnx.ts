import type { ModelProto } from 'onnx-buf';
import {
  checkShapes,
  networkLayout,
  type Layout,
  type LayerDescription,
  type Weights,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { withUnits } from '@secateur/pruner';
import { argumentError, networkError } from '../error.ts';
import { addLayer } from './add-layer.ts';
import { onnxGraph, type OnnxGraph } from './graph.ts';
import { checkOpset, onnxModel, type OnnxOpset } from './onnx-model.ts';

/** What a file makes of the outputs of the last layer: nothing, their softmax, or its logarithm. */
export type OnnxOutputs = 'logits' | 'softmax' | 'logSoftmax';

/** Options of {@link toOnnx}. */
export interface ToOnnxOptions {
  /** Version of the operators: 17 by default, with format 8, or 22 with format 10. */
  readonly opset?: OnnxOpset;
  /**
   * `'one'` for a network of one step, `time` 1, whose cells need no loop: for runtimes without ONNX's Scan. It concerns cells that
   * ONNX has no operator for; the others read any number of steps anyway. Default `'any'`.
   */
  readonly steps?: 'any' | 'one';
  /** Whether sequences have lengths, an input `lengths` `[batch]` int32 for layers that read both ways; default false. */
  readonly lengths?: boolean;
  /** What becomes of the outputs of the last layer; default nothing, `'logits'`. */
  readonly outputs?: OnnxOutputs;
  /** Whether the file gives the last step only, `y` `[batch, width]`; default false. */
  readonly last?: boolean;
  /** What was removed when, which travels with the layout. */
  readonly history?: readonly unknown[];
}

const optionNames = {
  opset: true,
  steps: true,
  lengths: true,
  outputs: true,
  last: true,
  history: true,
} as const;

/** What else `fromOnnx` returns: all of it may be given as options, for a file like the one that was read. */
const readNames = { layers: true, weights: true, layout: true, input: true, output: true } as const;

/**
 * Writes a network of layers one after the other as ONNX, for instance one of `@secateur/cells` after pruning.
 *
 * Its input is `ids` `[batch, time]` int32, or `x` `[batch, time, features]` where it does not begin with an embedding, and its output
 * `y` `[batch, time, width]`. Each state of a recurrent layer is an input and an output, `lstm1/h0` and `lstm1/hn` after the layer and
 * its state, `[1, batch, units]`: zeros at the beginning, then what came out. `batch` and `time` are free, so that one file serves
 * whole texts and single steps. A dimension of which pruning left nothing keeps one component of zeros. Dropout is left out.
 *
 * @throws {@link OnnxError} when the weights are not those of the network.
 *
 * @example
 * ```ts
 * import { gruLayer, sequence } from '@secateur/cells';
 * import { encodeOnnx, toOnnx } from '@secateur/onnx';
 * import { InferenceSession } from 'onnxruntime-node';
 *
 * const net = sequence(gruLayer('gru1', { input: 'features', units: 'h1' }));
 * const dims = { features: 3, h1: 2 };
 * const model = toOnnx(net, { weights: net.init(dims, 1), layout: net.layout(dims) });
 * const session = await InferenceSession.create(encodeOnnx(model));
 * session.inputNames; // => ['x', 'gru1/h0']
 * session.outputNames; // => ['y', 'gru1/hn']
 * ```
 */
export function toOnnx(
  network: { readonly layers: readonly LayerDescription[] },
  { weights: givenWeights, layout: givenLayout }: { weights: Weights; layout: Layout },
  options: ToOnnxOptions = {},
): ModelProto {
  checkOptions('toOnnx', options, { ...optionNames, ...readNames }, argumentError);
  const {
    opset = 17,
    steps = 'any',
    lengths = false,
    outputs: kind = 'logits',
    last = false,
    history,
  } = options;
  checkOpset('toOnnx', opset);
  const layers = network.layers.filter(({ kind }) => kind !== 'dropout');
  const { weights, layout } = checkNetwork(layers, givenWeights, givenLayout);
  const graph = onnxGraph(opset);
  const once = steps === 'one';
  const time = once ? 1 : 'time';
  let x = addInput(graph, layers[0]!, weights, time);
  const given = lengths ? { lengths: graph.input('lengths', 'int32', ['batch']) } : {};
  const outputs: (() => void)[] = [];
  // Dense layers at the end would do the work of all steps for one.
  const tail = layers.findLastIndex(({ kind }) => kind !== 'dense') + 1;
  for (const [place, layer] of layers.entries()) {
    if (last && place === tail) x = lastStep(graph, x);
    const states = layer.kind === 'recurrent' ? { states: stateInputs(graph, layer, weights) } : {};
    const added = addLayer(graph, layer, x, { weights, once, ...states, ...given });
    if (layer.kind === 'recurrent') {
      // The output that everybody reads comes first.
      outputs.push(() => stateOutputs(graph, layer, weights, added.states));
    }
    x = added.y;
  }
  if (last && tail === layers.length) x = lastStep(graph, x);
  if (kind !== 'logits')
    x = graph.node(kind === 'softmax' ? 'Softmax' : 'LogSoftmax', [x], {
      attributes: { axis: -1 },
    });
  const width = widthOf(layers, weights);
  if (last) graph.output('y', x, 'float32', ['batch', width]);
  else graph.output('y', graph.swapTime(x), 'float32', ['batch', time, width]);
  for (const output of outputs) output();
  return onnxModel(graph, { layout, history });
}

function checkNetwork(
  layers: readonly LayerDescription[],
  givenWeights: Weights,
  givenLayout: Layout,
): { readonly weights: Weights; readonly layout: Layout } {
  if (layers.length === 0) {
    throw networkError('toOnnx: expected a network with layers that compute, found none.');
  }
  try {
    const shapes = Object.entries(givenWeights).map(([name, { shape }]) => [name, shape] as const);
    checkShapes(givenLayout, Object.fromEntries(shapes));
    const larger = withUnits(givenWeights, givenLayout);
    const sizes = { ...larger.layout.dims, ...larger.layout.fixed };
    const own = networkLayout(layers, sizes);
    const found = Object.entries(larger.weights).map(([name, { shape }]) => [name, shape] as const);
    checkShapes(own, Object.fromEntries(found));
    return larger;
  } catch (cause) {
    throw networkError(
      `toOnnx: expected the weights and the layout of this network: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Ids or features, and how they are read: time first, as ONNX's recurrent layers want it. */
function addInput(
  graph: OnnxGraph,
  first: LayerDescription,
  weights: Weights,
  time: string | number,
): string {
  if (first.kind === 'embedding') {
    const ids = graph.input('ids', 'int32', ['batch', time]);
    return graph.node('Transpose', [ids], { name: 'ids/time', attributes: { perm: [1, 0] } });
  }
  return graph.swapTime(graph.input('x', 'float32', ['batch', time, inputWidth(first, weights)]));
}

function inputWidth(layer: LayerDescription, weights: Weights): number | string {
  if (layer.kind === 'bidirectional') return inputWidth(layer.forward, weights);
  if (layer.kind === 'dense') return weights[layer.kernel]!.shape[layer.transposed ? 1 : 0]!;
  return weights[`${layer.name}/kernel`]?.shape[0] ?? 'features';
}

function lastStep(graph: OnnxGraph, x: string): string {
  return graph.node('Gather', [x, graph.place(-1)], { name: 'last', attributes: { axis: 0 } });
}

type Recurrent = Extract<LayerDescription, { kind: 'recurrent' }>;

function stateInputs(graph: OnnxGraph, layer: Recurrent, weights: Weights): string[] {
  return layer.cell.states.map((state) =>
    graph.input(`${layer.name}/${state}0`, 'float32', [1, 'batch', unitsOf(layer, weights)]),
  );
}

function stateOutputs(
  graph: OnnxGraph,
  layer: Recurrent,
  weights: Weights,
  after: readonly string[],
): void {
  layer.cell.states.forEach((state, k) => {
    const shape = [1, 'batch', unitsOf(layer, weights)];
    graph.output(`${layer.name}/${state}n`, after[k]!, 'float32', shape);
  });
}

/** The width of what the last layer gives. */
function widthOf(layers: readonly LayerDescription[], weights: Weights): number {
  const last = layers.at(-1)!;
  if (last.kind === 'embedding') return weights[last.name]!.shape[1]!;
  if (last.kind === 'dense') return weights[last.kernel]!.shape[last.transposed ? 0 : 1]!;
  if (last.kind === 'bidirectional')
    return unitsOf(last.forward, weights) + unitsOf(last.backward, weights);
  return last.kind === 'recurrent' ? unitsOf(last, weights) : 0;
}

function unitsOf({ name, cell }: Recurrent, weights: Weights): number {
  const { [`${name}/recurrent`]: recurrent, [`${name}/kernel`]: kernel } = weights;
  const blocks = cell.blocks.filter((block) => block.input).length;
  return recurrent?.shape[0] ?? kernel!.shape[1]! / blocks;
}
