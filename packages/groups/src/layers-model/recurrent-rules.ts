import type { LayerLike, LayerVariableLike } from './model-like.ts';
import {
  called,
  configOf,
  innerLayer,
  isLayer,
  isMixing,
  once,
  sizesOf,
  weightOf,
  type Call,
  type DraftAxis,
  type DraftWeight,
  type Records,
} from './layer-facts.ts';
import { fix, fixedFeatures, newDim, unify, type FeatureAxis } from './symbolic-dims.ts';

/** Recurrent cells whose units see each other through `recurrent_kernel` alone: blocks of gates and number of states. */
export const cellKinds: Readonly<
  Record<string, { readonly gates: number; readonly states: number }>
> = {
  LSTMCell: { gates: 4, states: 2 },
  GRUCell: { gates: 3, states: 1 },
  ResetAfterGRUCell: { gates: 3, states: 1 },
  SimpleRNNCell: { gates: 1, states: 1 },
};
/** Layers that run such a cell, or a stack of them, over a sequence. */
export const recurrentKinds: readonly string[] = [
  'LSTM',
  'GRU',
  'ResetAfterGRU',
  'SimpleRNN',
  'RNN',
];

/** Whether a layer runs a cell over time, whether or not we know the cell. */
export function isRecurrentLayer(layer: LayerLike): boolean {
  return innerLayer(layer, 'cell') !== undefined;
}

/** What a recurrent layer gives: the features of its output and of each state. */
interface RecurrentFeatures {
  readonly output: FeatureAxis;
  readonly states: readonly FeatureAxis[];
}

/** The features of a recurrent layer's outputs; undefined when it is none that we know. */
export function applyRecurrent(
  layer: LayerLike,
  call: Call,
  records: Records,
): FeatureAxis[] | undefined {
  const features = runCells(layer, layer.name, call.inputs, records);
  if (features === undefined) return undefined;
  // With returnState, the states follow the output.
  return [features.output, ...features.states].slice(0, call.outputShapes.length);
}

/** The features of the outputs of a `Bidirectional`; undefined when it is not as expected. */
export function applyBidirectional(
  layer: LayerLike,
  call: Call,
  records: Records,
): FeatureAxis[] | undefined {
  const forward = innerLayer(layer, 'forwardLayer');
  const backward = innerLayer(layer, 'backwardLayer');
  if (forward === undefined || backward === undefined) return undefined;
  const [input = [], ...states] = call.inputs;
  const half = states.length / 2;
  const there = [input, ...states.slice(0, half)];
  const back = [input, ...states.slice(half)];
  const one = runCells(forward, `${layer.name}/forward`, there, records);
  const two = runCells(backward, `${layer.name}/backward`, back, records);
  if (one === undefined || two === undefined) return undefined;
  const cells = [forward, backward].map((direction) =>
    cellsOf(direction).map((cell) => records.layers.get(cell)!.output),
  );
  cells[0]!.forEach((output, i) => {
    records.twins.push({ user: called(layer), pair: [output, cells[1]![i]!] });
  });
  const mode = (layer as { mergeMode?: unknown }).mergeMode;
  const outputs: FeatureAxis[] = [];
  if (mode === 'concat') outputs.push([...one.output, ...two.output]);
  else if (mode === null || mode === undefined) outputs.push(one.output, two.output);
  else {
    unify(one.output, two.output, called(layer));
    outputs.push(one.output);
  }
  // With returnState, the states of the forward direction come next, then those of the backward one.
  return [...outputs, ...one.states, ...two.states].slice(0, call.outputShapes.length);
}

/** Runs the cells of a recurrent layer on `[input, ...initial states]`; undefined when one is not as expected. */
function runCells(
  layer: LayerLike,
  name: string,
  [input = [], ...states]: readonly FeatureAxis[],
  records: Records,
): RecurrentFeatures | undefined {
  const cells = recurrentKinds.includes(layer.getClassName()) ? cellsOf(layer) : [];
  if (cells.length === 0 || !cells.every((cell) => Object.hasOwn(cellKinds, cell.getClassName()))) {
    return undefined;
  }
  const outputs: FeatureAxis[] = [];
  for (const [i, cell] of cells.entries()) {
    const dim = cells.length === 1 ? name : `${name}/cell${i + 1}`;
    const output = runCell(cell, dim, outputs.at(-1) ?? input, records);
    if (output === undefined) return undefined;
    outputs.push(output);
  }
  // TensorFlow.js lists the states of a stack from its last cell to its first.
  const held = cells
    .flatMap((cell, i) => [
      Array<FeatureAxis>(cellKinds[cell.getClassName()]!.states).fill(outputs[i]!),
    ])
    .reverse()
    .flat();
  states.forEach((state, i) => {
    const cellState = held[i];
    if (cellState === undefined) fix(state, `${called(layer)} may use it in any way`);
    else unify(state, cellState, called(layer));
  });
  return { output: outputs.at(-1)!, states: held };
}

function runCell(
  cell: LayerLike,
  name: string,
  input: FeatureAxis,
  records: Records,
): FeatureAxis | undefined {
  let record = records.layers.get(cell);
  if (record === undefined) {
    const { gates: times } = cellKinds[cell.getClassName()]!;
    const kernel = weightOf(cell, 'kernel');
    const matrix = weightOf(cell, 'recurrent_kernel');
    if (kernel === undefined || matrix === undefined) return undefined;
    const output = [newDim(name, sizesOf(matrix)[0]!)];
    const { activation, recurrentActivation } = configOf(cell);
    if (isMixing(activation) || isMixing(recurrentActivation)) {
      fix(output, 'an activation of its own mixes the units');
    }
    const writes = [{ features: output, times }];
    const bias = weightOf(cell, 'bias');
    const weights = [
      { variable: kernel, reads: [once(input)], writes },
      { variable: matrix, reads: [once(output)], writes },
      ...(bias === undefined ? [] : [biasOf(bias, writes)]),
    ];
    record = { weights, input, output };
    records.layers.set(cell, record);
  } else {
    unify(record.input, input, called(cell));
  }
  return record.output;
}

/**
 * A bias, or two over each other, as a GRU that resets after the recurrent product has them: `-> 2, 3*h`. Both are added and
 * nothing is multiplied, so it reads nothing.
 */
function biasOf(variable: LayerVariableLike, writes: readonly DraftAxis[]): DraftWeight {
  const [rows] = sizesOf(variable).slice(0, -1);
  const over = rows === undefined ? [] : [once(fixedFeatures(rows, 'the biases of a cell'))];
  return { variable, reads: [], writes: [...over, ...writes], penalized: false };
}

/** The cells of a recurrent layer, from the input to the output. */
export function cellsOf(layer: LayerLike): LayerLike[] {
  const cell = innerLayer(layer, 'cell');
  if (cell === undefined) return [];
  const { cells } = cell as unknown as { readonly cells?: unknown };
  return Array.isArray(cells) ? cells.filter(isLayer) : [cell];
}
