import type { LayerLike, NamedArray } from '@secateur/groups';
import { gruCell, lstmCell } from '@secateur/kernels';
import { convertGates } from '@secateur/pruner';
import { addRecurrentOp, type RecurrentOp, type RecurrentOutputs } from '../recurrent-op.ts';
import { gateActivations } from './activations.ts';
import { configOf, innerLayer, requireWeight, unfit, type Call, type Rule } from './facts.ts';

/** How ONNX computes a cell of TensorFlow.js. */
interface KnownCell {
  readonly op: RecurrentOp['op'];
  /** The order of its blocks in TensorFlow.js, and in ONNX. */
  readonly orders: readonly [keras: string, onnx: string];
  readonly states: readonly string[];
  readonly resetAfter?: boolean;
}

const ordersOf = ({ orders }: typeof lstmCell): [string, string] => [
  orders['keras']!,
  orders['onnx']!,
];
const gru = { op: 'GRU', orders: ordersOf(gruCell), states: ['h'] } as const;
const cells: Readonly<Record<string, KnownCell>> = {
  LSTMCell: { op: 'LSTM', orders: ordersOf(lstmCell), states: ['h', 'c'] },
  GRUCell: gru,
  ResetAfterGRUCell: { ...gru, resetAfter: true },
  SimpleRNNCell: { op: 'RNN', orders: ['h', 'h'], states: ['h'] },
};

/** Whether a layer runs a cell over time. */
export const isRecurrent = (layer: LayerLike): boolean => innerLayer(layer, 'cell') !== undefined;

/** A recurrent layer, or an RNN of a stack of cells: `[output, ...states]`. */
export const recurrent: Rule = (layer, call) => {
  const ran = runLayer(layer, call, call.inputs);
  return [outputOf(layer, call, ran, false), ...ran.states].slice(0, call.outputShapes.length);
};

/** A layer in both directions, whose outputs are put together as the mode says. */
export const bidirectional: Rule = (layer, call) => {
  const [forward, backward] = ['forwardLayer', 'backwardLayer'].map((field) =>
    innerLayer(layer, field),
  );
  if (forward === undefined || backward === undefined)
    throw unfit(layer, 'two recurrent layers in it');
  const [x = '', ...states] = call.inputs;
  const half = states.length / 2;
  const there = runLayer(forward, call, [x, ...states.slice(0, half)]);
  const back = runLayer(backward, call, [x, ...states.slice(half)]);
  const outputs = [outputOf(forward, call, there, false), outputOf(backward, call, back, true)];
  const mode = (layer as { mergeMode?: unknown }).mergeMode ?? configOf(layer)['mergeMode'];
  const merged = mergeDirections(layer, call, outputs, mode);
  return [...merged, ...there.states, ...back.states].slice(0, call.outputShapes.length);
};

function mergeDirections(
  layer: LayerLike,
  { graph }: Call,
  outputs: string[],
  mode: unknown,
): string[] {
  if (mode === null || mode === undefined) return outputs;
  if (mode === 'concat') return [graph.node('Concat', outputs, { attributes: { axis: -1 } })];
  if (mode === 'sum') return [graph.node('Add', outputs)];
  if (mode === 'mul') return [graph.node('Mul', outputs)];
  if (mode === 'ave') return [graph.node('Mean', outputs)];
  throw unfit(layer, `a merge mode of TensorFlow.js, found ${String(mode)}`);
}

/** What a recurrent layer gives. */
interface Ran {
  /** Of the last cell, `[time, batch, units]`, each step where it is in the input. */
  readonly y: string;
  /** States after the last step `[batch, units]`, from the last cell to the first as TensorFlow.js lists them. */
  readonly states: readonly string[];
}

function runLayer(layer: LayerLike, call: Call, [x = '', ...given]: readonly string[]): Ran {
  const { graph } = call;
  const config = configOf(layer);
  const reverse = config['goBackwards'] === true;
  const stack = cellsOf(layer);
  let y = graph.swapTime(x);
  const after: string[][] = [];
  const counts = stack.map((cell) => cells[cell.getClassName()]?.states.length ?? 0);
  stack.forEach((cell, k) => {
    const known = cells[cell.getClassName()];
    if (known === undefined) throw unfit(layer, `cells of ${Object.keys(cells).join(', ')}`);
    const from = counts.slice(k + 1).reduce((sum, count) => sum + count, 0);
    const own = given.slice(from, from + known.states.length);
    // A stateful layer begins where it ended, unless it is told where.
    const stateful =
      config['stateful'] === true && given.length === 0
        ? `${layer.name}${stack.length === 1 ? '' : `/cell${k + 1}`}`
        : undefined;
    const ran = runCell(layer, cell, known, call, { y, own, stateful, reverse });
    y = ran.y;
    after.unshift(ran.states.map((state) => graph.node('Squeeze', [state, graph.integers(0)])));
  });
  return { y, states: after.flat() };
}

function runCell(
  layer: LayerLike,
  cell: LayerLike,
  known: KnownCell,
  call: Call,
  {
    y: x,
    own,
    stateful,
    reverse,
  }: { y: string; own: string[]; stateful: string | undefined; reverse: boolean },
): RecurrentOutputs {
  const { graph } = call;
  const { op, states: names } = known;
  const kernel = requireWeight(call, cell, 'kernel');
  const recurrentKernel = requireWeight(call, cell, 'recurrent_kernel');
  const units = recurrentKernel.shape[0]!;
  const [keras, onnx] = known.orders;
  const ours = (weight: NamedArray): NamedArray => convertGates(weight, keras, onnx);
  const { activation, recurrentActivation } = configOf(cell);
  const used = { LSTM: [recurrentActivation, activation, activation] }[String(op)];
  const activations = used ?? (op === 'GRU' ? [recurrentActivation, activation] : [activation]);
  const [bias, recurrentBias] = biasesOf(call, cell, known);
  const prefix = kernel.name.replace(/\/?kernel$/, '') || layer.name;
  const states =
    stateful !== undefined
      ? names.map((name) => call.takeState(`${stateful}/${name}`, units))
      : own.map((state) => graph.node('Unsqueeze', [state, graph.integers(0)]));
  const ran = addRecurrentOp(
    graph,
    prefix,
    {
      ...{ op, kernel: ours(kernel), recurrent: ours(recurrentKernel) },
      bias: bias && ours(bias),
      recurrentBias: recurrentBias && ours(recurrentBias),
      attributes: {
        ...(op === 'GRU' && { linear_before_reset: known.resetAfter === true ? 1 : 0 }),
        ...gateActivations(layer, activations),
      },
    },
    { x, reverse, states },
  );
  if (stateful !== undefined) {
    names.forEach((name, k) => {
      call.keepState(`${stateful}/${name}`, ran.states[k]!);
    });
  }
  return ran;
}

/** The bias, or the two over each other of a GRU that resets after the product. */
function biasesOf(call: Call, cell: LayerLike, { resetAfter }: KnownCell): NamedArray[] {
  const bias = call.weight(cell, 'bias');
  if (bias === undefined) return [];
  if (resetAfter !== true) return [bias];
  const width = bias.shape[1]!;
  return [0, 1].map((row) => ({
    shape: [width],
    data: bias.data.slice(row * width, (row + 1) * width),
  }));
}

/**
 * The output of a layer: of every step or of the last. A layer that goes backwards gives its steps in its own order;
 * `turned` turns that round, as TensorFlow.js does with the backward direction of a pair.
 */
function outputOf(layer: LayerLike, { graph }: Call, { y, states }: Ran, turned: boolean): string {
  const { returnSequences, goBackwards } = configOf(layer);
  if (returnSequences !== true) return states[0]!;
  if ((goBackwards === true) === turned) return graph.swapTime(y);
  const [start, end, axis, step] = [-1, Number.MIN_SAFE_INTEGER, 0, -1].map((value) =>
    graph.integers(value),
  );
  return graph.swapTime(graph.node('Slice', [y, start!, end!, axis!, step!]));
}

/** The cells of a recurrent layer, from the input to the output. */
function cellsOf(layer: LayerLike): LayerLike[] {
  const cell = innerLayer(layer, 'cell');
  if (cell === undefined) throw unfit(layer, 'a cell in it');
  const { cells: stack } = cell as unknown as { readonly cells?: readonly LayerLike[] };
  return Array.isArray(stack) ? [...stack] : [cell];
}
