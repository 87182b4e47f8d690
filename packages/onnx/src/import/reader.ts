import type { GraphProto, NodeProto } from 'onnx-buf';
import { modelError } from '../error.ts';
import { readBias, readDense, readEmbedding, readGemm } from './dense.ts';
import type { Value } from './draft.ts';
import { called, indexGraph, integerOf, unfit, type GraphIndex } from './graph-index.ts';
import { readPair, readRecurrentLayer } from './recurrent-layer.ts';
import { isRecurrent } from './recurrent.ts';
import { picked, reshaped, squeezed, transposed } from './shapes.ts';

/** Names a layer: after a constant of a file of ours (`lstm1/W` of `lstm1`), else by counting. */
export type NameOf = (kind: string, constant: string, ending: string) => string;

/** What one reading of a graph shares. */
export interface Reader {
  readonly index: GraphIndex;
  readonly nameOf: NameOf;
  /** The layers that the value of this name went through; anything that is no such layer is an error that names the node. */
  read(value: string): Value;
  /** Says that a layer has these constants for itself: two layers of one would not stay one in training. */
  claim(node: NodeProto, ...origins: readonly string[]): void;
  /** What was found on the way. */
  readonly found: {
    /** The input that the network reads. */
    input?: string;
    /** Which axis of the input is the time. */
    time?: 'first' | 'second';
  };
}

/** Starts reading a graph. */
export function readerOf(graph: GraphProto, nameOf: NameOf): Reader {
  const index = indexGraph(graph);
  const known = new Map<string, Value>();
  const used = new Map<string, string>();
  const open = new Set<string>();
  const reader: Reader = {
    ...{ index, nameOf, found: {} },
    read(value) {
      const before = known.get(value);
      if (before !== undefined) return before;
      if (open.has(value)) {
        throw modelError(`fromOnnx: expected a graph without cycles, found "${value}" in one.`);
      }
      open.add(value);
      const node = index.nodeOf(value);
      const made = node === undefined ? readInput(reader, value) : readNode(reader, node, value);
      checkEnd(node, made);
      known.set(value, made);
      return made;
    },
    claim(node, ...origins) {
      for (const origin of origins) {
        const other = used.get(origin);
        if (other !== undefined)
          throw unfit(node, `weights of its own, found those of ${other} ("${origin}")`);
        used.set(origin, called(node));
      }
    },
  };
  return reader;
}

/** After a softmax nothing but the order of the axes changes. */
function checkEnd(node: NodeProto | undefined, { outputs }: Value): void {
  if (node === undefined || outputs === undefined) return;
  if (!['Softmax', 'LogSoftmax', 'Transpose', 'Identity'].includes(node.opType))
    throw unfit(node, 'nothing after a softmax');
}

function readInput({ index, found }: Reader, value: string): Value {
  const rank = index.inputRank(value);
  if (!index.isInput(value) || (rank !== 2 && rank !== 3)) {
    const what = index.isInput(value) ? `with ${String(rank ?? 'unknown')} axes` : 'that is none';
    throw modelError(
      `fromOnnx: expected the network to read an input, word ids [batch, time] or features [batch, time, features], found "${value}" ${what}.`,
    );
  }
  if (found.input !== undefined && found.input !== value) {
    throw modelError(
      `fromOnnx: expected one input that is no state, found "${found.input}" and "${value}".`,
    );
  }
  found.input = value;
  const axes = (['first', 'second', 'features'] as const).slice(0, rank);
  return { layers: [], axes, features: [], directions: 1, before: undefined };
}

/** What each operator that is no recurrent one does with a value. */
const rules: Readonly<Record<string, (reader: Reader, node: NodeProto) => Value>> = {
  Identity: first,
  Dropout: first,
  Cast: (reader, node) => {
    const x = first(reader, node);
    if (x.layers.length > 0 || x.axes.length !== 2) throw unfit(node, 'word ids to be cast');
    return x;
  },
  Transpose: (reader, node) => transposed(node, first(reader, node)),
  Squeeze: (reader, node) => squeezed(reader.index, node, first(reader, node)),
  Reshape: (reader, node) => reshaped(reader.index, node, first(reader, node)),
  Softmax: (reader, node) => ended(node, first(reader, node), 'softmax'),
  LogSoftmax: (reader, node) => ended(node, first(reader, node), 'logSoftmax'),
  Gather: (reader, node) =>
    reader.index.tensorOf(node.input[0] ?? '') === undefined
      ? picked(reader, node, first(reader, node))
      : readEmbedding(reader, node),
  MatMul: readDense,
  Gemm: readGemm,
  Add: readBias,
  Concat: readPair,
};

function first({ read }: Reader, { input }: NodeProto): Value {
  return read(input[0] ?? '');
}

/** Outputs that became probabilities. */
function ended(node: NodeProto, x: Value, outputs: 'softmax' | 'logSoftmax'): Value {
  const axis = integerOf(node, 'axis', -1);
  const isLast = axis === -1 || axis === x.axes.length - 1;
  if (!isLast || x.axes.at(-1) !== 'features' || x.outputs !== undefined)
    throw unfit(node, 'a softmax over the features');
  return { ...x, outputs };
}

function readNode(reader: Reader, node: NodeProto, output: string): Value {
  if (isRecurrent(node)) return readRecurrentLayer(reader, node, output);
  const rule = node.domain === '' && Object.hasOwn(rules, node.opType) && rules[node.opType];
  if (rule) return rule(reader, node);
  throw unfit(
    node,
    'LSTM, GRU, RNN, embedding (Gather) and dense layers (MatMul, Gemm, Add) one after the other, found another operator',
  );
}
