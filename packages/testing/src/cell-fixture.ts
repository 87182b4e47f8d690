import { dispose, tensor, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import {
  recurrentSequence,
  type RecurrentSequenceInputs,
  type RecurrentSequenceOutputs,
} from '@secateur/backend/kernels';
import {
  add,
  type Cell,
  coupledLstmCell,
  defineCell,
  gate,
  gruCell,
  gruResetBeforeCell,
  liGruCell,
  lstmCell,
  mul,
  peepholeLstmCell,
  rhnCell,
  sigmoid,
  simpleRnnCell,
  simpleRnnReluCell,
  sub,
  tanh,
  weightShapes,
} from '@secateur/kernels';
import type { LstmSizes } from './lstm-fixture.ts';
import { numbers, sizeOf } from './numbers.ts';

/**
 * A cell that no backend has a kernel of its own for: an LSTM whose forget gate is `1 - i`, whose gates look at the cell state,
 * and whose products read the output times a mask.
 */
export const coupledCell: Cell = defineCell({
  name: 'coupled peephole lstm',
  states: ['h', 'c'],
  blocks: 'igo',
  parameters: ['pi', 'po'],
  masks: ['keep'],
  settings: { inputBias: 0 },
  equations: ({ h, c, pi, po, keep, inputBias }) => {
    const read = mul(h, keep);
    const i = sigmoid(add(gate('i', read, inputBias), mul(pi, c)));
    const next = add(mul(sub(1, i), c), mul(i, tanh(gate('g', read))));
    const o = sigmoid(add(gate('o', read), mul(po, next)));
    return { h: mul(o, tanh(next)), c: next };
  },
});

/** That cell and those that come with kernels, by name. */
export const cellsToTry: readonly { readonly cell: Cell; readonly name: string }[] = [
  coupledCell,
  lstmCell,
  gruCell,
  gruResetBeforeCell,
  rhnCell,
  simpleRnnCell,
  simpleRnnReluCell,
  peepholeLstmCell,
  coupledLstmCell,
  liGruCell,
].map((cell) => ({ cell, name: cell.name }));

/** Values of all that a cell reads, and an order of its blocks that is not its own. */
export interface CellValues extends LstmSizes {
  /** Repetitions in a step: three where the cell repeats. */
  readonly depth: number;
  /** `[batch, time, input]` */
  readonly x: Float64Array;
  /** By name. */
  readonly weights: Readonly<Record<string, Float64Array>>;
  /** By name, `[batch, units]`. */
  readonly states: Readonly<Record<string, Float64Array>>;
  /** By name, `[batch, units]`, of zeros and twos. */
  readonly masks: Readonly<Record<string, Float64Array>>;
  /** By name, -0.5 each. */
  readonly settings: Readonly<Record<string, number>>;
  /** The cell's blocks, the last one first. */
  readonly order: string;
}

/** Pseudo-random values that float32 holds exactly; weights get smaller with more units, so that gates do not saturate. */
export function cellValues(cell: Cell, sizes: LstmSizes): CellValues {
  const { batch, time, units } = sizes;
  const depth = cell.repeats ? 3 : 1;
  const shapes = Object.entries(weightShapes(cell, { ...sizes, depth }));
  const blocks = cell.blocks.map(({ name }) => name);
  const row = (seed: number): Float64Array => numbers(batch * units, seed);
  const named = <T>(names: readonly string[], make: (k: number) => T): Record<string, T> =>
    Object.fromEntries(names.map((name, k) => [name, make(k)]));
  return {
    ...sizes,
    depth,
    x: numbers(batch * time * sizes.input, 61),
    weights: Object.fromEntries(
      shapes.map(([name, shape], k) => {
        const scale = shape.length === 2 ? 1 / Math.sqrt(units + 1) : 1;
        return [name, numbers(sizeOf(shape), 62 + k, scale)];
      }),
    ),
    states: named(cell.states, (k) => row(71 + k)),
    masks: named(cell.masks, (k) => row(81 + k).map((value) => (value < 0 ? 0 : 2))),
    settings: named(Object.keys(cell.settings), () => -0.5),
    order: [blocks.at(-1)!, ...blocks.slice(0, -1)].join(''),
  };
}

/** The values in single precision, which tests ask for again and again. */
const singles = new WeakMap<Float64Array, Float32Array>();

function float(data: Float64Array, shape: readonly number[]): Tensor {
  const single = singles.get(data) ?? new Float32Array(data);
  singles.set(data, single);
  return tensor(single, [...shape], 'float32');
}

/** Tensors `[batch, units]` by name. */
const rowsOf = (
  arrays: CellValues['states'],
  { batch, units }: LstmSizes,
): Record<string, Tensor2D> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [name, float(data, [batch, units]) as Tensor2D]),
  );

/** The float32 tensors of some values. */
export function cellTensors(cell: Cell, values: CellValues): Required<RecurrentSequenceInputs> {
  const { batch, time, input } = values;
  const shapes = Object.entries(weightShapes(cell, values));
  return {
    x: float(values.x, [batch, time, input]) as Tensor3D,
    weights: Object.fromEntries(
      shapes.map(([name, shape]) => [name, float(values.weights[name]!, shape)]),
    ),
    states: rowsOf(values.states, values),
    masks: rowsOf(values.masks, values),
  };
}

/** A cell whose inputs are a list, as gradients want them. */
export interface ListedCell {
  /** What the inputs are: `x`, weights, states. */
  readonly names: readonly string[];
  /** All inputs but the masks. */
  readonly tensors: readonly Tensor[];
  /** Runs on such a list, with the masks of the values. */
  readonly run: (tensors: readonly Tensor[]) => RecurrentSequenceOutputs;
}

/** The tensors of some values as a list, and the cell on such lists. */
export function listedCell(cell: Cell, values: CellValues): ListedCell {
  const { x, weights, states, masks } = cellTensors(cell, values);
  dispose({ ...masks });
  const [weightNames, stateNames] = [Object.keys(weights), Object.keys(states)];
  const { order, settings } = values;
  return {
    names: ['x', ...weightNames, ...stateNames],
    tensors: [x, ...Object.values(weights), ...Object.values(states)],
    run([first, ...rest]) {
      const taken = (names: readonly string[], from: number): Record<string, never> =>
        Object.fromEntries(names.map((name, k) => [name, rest[from + k] as never]));
      const inputs = {
        x: first as Tensor3D,
        weights: taken(weightNames, 0),
        states: taken(stateNames, weightNames.length),
        masks: rowsOf(values.masks, values),
      };
      return recurrentSequence(cell, inputs, { order, settings });
    },
  };
}
