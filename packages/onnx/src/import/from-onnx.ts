import type { GraphProto, ModelProto } from 'onnx-buf';
import {
  networkLayout,
  type Layout,
  type LayerDescription,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { modelError } from '../error.ts';
import { onnxMetadata } from '../export/metadata.ts';
import type { OnnxOutputs } from '../export/to-onnx.ts';
import { describeDrafts, type Described } from './describe.ts';
import type { AxisName, Draft } from './draft.ts';
import { unfit, type GraphIndex } from './graph-index.ts';
import { readerOf, type NameOf } from './reader.ts';
import { isRecurrent } from './recurrent.ts';

/** An input or an output of a network in a file. */
export interface OnnxEnd {
  /** Its name in the file. */
  readonly name: string;
  /** Whether its first axis is the time and its second the batch; ours have it the other way round. */
  readonly timeFirst: boolean;
}

/** A network of ours from a file. */
export interface FromOnnx {
  /** Its layers, which `networkOf` of `@secateur/cells` makes into a network that can be trained. */
  readonly layers: readonly LayerDescription[];
  /** Its weights, by our names. */
  readonly weights: Weights;
  /** Which dimensions they read and write. */
  readonly layout: Layout;
  /** What was removed before, if the file says so. */
  readonly history: readonly unknown[];
  /** What the file makes of the last layer's outputs; our networks end with logits, and the loss does the rest. */
  readonly outputs: OnnxOutputs;
  /** Whether the file gives the last step only, `[batch, width]`; our networks give all, whose last is the same. */
  readonly last: boolean;
  /** The word ids or features. */
  readonly input: OnnxEnd;
  /** What the last layer gives. */
  readonly output: OnnxEnd;
}

/**
 * Reads a network of layers one after the other from an ONNX model: LSTM, GRU and RNN, stacked and both ways, embedding and dense
 * layers, and the operators that exporters put between them. What comes back can be trained on, pruned, and written by `toOnnx`.
 * Layers and dimensions of files of ours have their names again; in those of others they are counted: `lstm1`, `lstm1.units`.
 *
 * @throws {@link OnnxError} that names the node, for a network of which our layers do not compute all.
 *
 * @example
 * ```ts
 * import { denseLayer, gruLayer, sequence } from '@secateur/cells';
 * import { fromOnnx, toOnnx } from '@secateur/onnx';
 *
 * const net = sequence(
 *   gruLayer('gru1', { input: 'features', units: 'h1' }),
 *   denseLayer('out', { input: 'h1', output: 'classes' }),
 * );
 * const dims = { features: 3, h1: 4, classes: 2 };
 * const model = toOnnx(net, { weights: net.init(dims, 1), layout: net.layout(dims) });
 * const read = fromOnnx(model);
 * read.layers.map(({ kind, name }) => `${kind} ${name}`); // => ['recurrent gru1', 'dense out']
 * read.weights['out/kernel']?.shape; // => [4, 2]
 * read.layout.dims; // => { features: 3, h1: 4, classes: 2 }
 * ```
 */
export function fromOnnx(model: ModelProto): FromOnnx {
  const graph = model.graph;
  if (graph === undefined) throw modelError('fromOnnx: expected a model with a graph.');
  const reader = readerOf(graph, namesOf(model));
  const name = mainOutput(graph, reader.index);
  const value = reader.read(name);
  const { input, time } = reader.found;
  const { last = false } = value;
  if (value.layers.length === 0 || input === undefined || value.axes.length !== (last ? 2 : 3)) {
    throw modelError(
      `fromOnnx: expected outputs [batch, time, width] of at least one layer as "${name}", found axes [${value.axes.join(', ')}].`,
    );
  }
  for (const draft of value.layers) checkDirection(draft);
  const { layout: told, history = [] } = onnxMetadata(model);
  const { layers, dims, weights } = named(value.layers, told);
  // Without a recurrent layer nobody says which axis is which.
  const isTime = (axis: AxisName): boolean => axis === (time ?? 'second');
  return {
    ...{ layers, weights, history, layout: networkLayout(layers, dims) },
    ...{ outputs: value.outputs ?? 'logits', last },
    input: { name: input, timeFirst: isTime('first') },
    output: { name, timeFirst: isTime(value.axes[0]!) },
  };
}

/** Layers of files of ours are called after their constants; others are counted by kind. */
function namesOf({ producerName }: ModelProto): NameOf {
  const counts = new Map<string, number>();
  return (kind, constant, ending) => {
    if (producerName === 'secateur' && constant.endsWith(ending))
      return constant.slice(0, constant.length - ending.length);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return kind === 'embedding' || kind === 'softmax' ? kind : `${kind}${count}`;
  };
}

/** The one output that is no state of a recurrent layer. */
function mainOutput(graph: GraphProto, index: GraphIndex): string {
  const outputs = graph.output.map(({ name }) => name).filter((name) => !isState(index, name));
  const [name, ...more] = outputs;
  if (name !== undefined && more.length === 0) return name;
  throw modelError(
    `fromOnnx: expected one output beside the states of the recurrent layers, found ${outputs.map((each) => `"${each}"`).join(', ') || 'none'}.`,
  );
}

/** Whether a value is the state of a recurrent node after the last step, or several of them together. */
function isState(index: GraphIndex, value: string, hops = 0): boolean {
  const node = index.nodeOf(value);
  if (node === undefined || hops > 16) return false;
  if (isRecurrent(node)) return node.output.indexOf(value) > 0;
  if (node.opType === 'Concat') return node.input.every((each) => isState(index, each, hops + 1));
  return ['Squeeze', 'Unsqueeze', 'Identity', 'Transpose', 'Reshape'].includes(node.opType)
    ? isState(index, node.input[0]!, hops + 1)
    : false;
}

/** A single layer of ours reads forward, and whole sequences. */
function checkDirection(draft: Draft): void {
  if (draft.kind !== 'recurrent') return;
  if (draft.reverse) throw unfit(draft.node, 'a forward layer beside a reverse one');
  if (draft.lengths) throw unfit(draft.node, 'lengths for layers that read both ways only');
}

/** The layers by the names of the file's own layout, where it has one of the same weights. */
function named(drafts: readonly Draft[], told: Layout | undefined): Described {
  const counted = describeDrafts(drafts, new Map());
  const own = networkLayout(counted.layers, counted.dims);
  const names = told && namesIn(told, own, counted.weights);
  if (told === undefined || names === undefined) return counted;
  const found = describeDrafts(drafts, names);
  // In the order of the file's, so that it is written again as it was read.
  const order = Object.keys(told.dims).filter((name) => Object.hasOwn(found.dims, name));
  const known = Object.fromEntries(order.map((name) => [name, found.dims[name]!]));
  return { ...found, dims: { ...known, ...found.dims } };
}

/** By our counted names, those of the layout that the file has; undefined if it is not of these weights. */
function namesIn(told: Layout, own: Layout, weights: Weights): Map<string, string> | undefined {
  const names = new Map<string, string>();
  for (const [name, { axes }] of Object.entries(own.weights)) {
    const theirs = Object.hasOwn(told.weights, name) ? told.weights[name]!.axes : [];
    const { shape }: NamedArray = weights[name]!;
    if (theirs.map(({ size }) => size).join() !== shape.join()) return undefined;
    for (const [axis, { segments }] of axes.entries()) {
      const given = theirs[axis]!.segments;
      if (given.length !== segments.length) return undefined;
      for (const [k, { dim, size }] of segments.entries()) {
        const wanted = given[k]!;
        if (wanted.size !== size) return undefined;
        if (dim === undefined || wanted.dim === undefined) continue;
        if ((names.get(dim) ?? wanted.dim) !== wanted.dim) return undefined;
        names.set(dim, wanted.dim);
      }
    }
  }
  return names;
}
