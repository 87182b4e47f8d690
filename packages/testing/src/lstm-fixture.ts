import {
  tensor,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { numbers, sizeOf } from './numbers.ts';

/** Sizes of an LSTM over a batch of sequences. */
export interface LstmSizes {
  /** Number of sequences. */
  readonly batch: number;
  /** Steps per sequence. */
  readonly time: number;
  /** Features per step. */
  readonly input: number;
  /** Hidden units. */
  readonly units: number;
}

/** Names of what an LSTM reads, in the order that tests pass them in. */
export const lstmInputNames = ['x', 'kernel', 'recurrent', 'bias', 'h0', 'c0'] as const;

/** One of {@link lstmInputNames}. */
export type LstmInputName = (typeof lstmInputNames)[number];

/** Values of all of it, row-major. */
export type LstmValues = Record<LstmInputName, Float64Array>;

/** Shapes of all of it. */
function lstmShapes({ batch, time, input, units }: LstmSizes): Record<LstmInputName, number[]> {
  return {
    x: [batch, time, input],
    kernel: [input, 4 * units],
    recurrent: [units, 4 * units],
    bias: [4 * units],
    h0: [batch, units],
    c0: [batch, units],
  };
}

/** Pseudo-random inputs that float32 holds exactly; weights get smaller with more units, so that gates do not saturate. */
export function lstmValues(sizes: LstmSizes, scale = 1): LstmValues {
  const shapes = lstmShapes(sizes);
  const entries = lstmInputNames.map((name, i) => {
    const width = name === 'kernel' || name === 'recurrent' ? 1 / Math.sqrt(sizes.units + 1) : 1;
    return [name, numbers(sizeOf(shapes[name]), i + 1, scale * width)];
  });
  return Object.fromEntries(entries) as LstmValues;
}

/** The tensors of all of it. */
export interface LstmTensors {
  readonly x: Tensor3D;
  readonly kernel: Tensor2D;
  readonly recurrent: Tensor2D;
  readonly bias: Tensor1D;
  readonly h0: Tensor2D;
  readonly c0: Tensor2D;
}

/** The float32 tensors of some values. */
export function lstmTensors(values: LstmValues, sizes: LstmSizes): LstmTensors {
  const shapes = lstmShapes(sizes);
  const entries = lstmInputNames.map((name): [string, Tensor] => [
    name,
    tensor(new Float32Array(values[name]), shapes[name], 'float32'),
  ]);
  return Object.fromEntries(entries) as unknown as LstmTensors;
}

/** Sizes of one and of a few, and what pruning can leave: a layer without units, one without inputs, and both. */
export const lstmSizes: readonly LstmSizes[] = [
  { batch: 3, time: 4, input: 5, units: 6 },
  { batch: 1, time: 5, input: 3, units: 2 },
  { batch: 2, time: 1, input: 4, units: 3 },
  { batch: 2, time: 3, input: 1, units: 1 },
  { batch: 1, time: 1, input: 1, units: 1 },
  { batch: 7, time: 2, input: 9, units: 13 },
  { batch: 2, time: 3, input: 4, units: 0 },
  { batch: 2, time: 3, input: 0, units: 3 },
  { batch: 2, time: 2, input: 0, units: 0 },
  { batch: 1, time: 1, input: 2, units: 0 },
];

/** All 24 gate orders. */
export const gateOrders: readonly string[] = [...'ifgo'].flatMap((a, _, all) =>
  all.flatMap((b) =>
    all.flatMap((c) => all.map((d) => a + b + c + d).filter((order) => new Set(order).size === 4)),
  ),
);
