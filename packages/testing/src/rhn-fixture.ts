import { tensor, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LstmSizes, LstmTensors } from './lstm-fixture.ts';
import { numbers, sizeOf } from './numbers.ts';

/** Sizes of an RHN over a batch of sequences. */
export interface RhnSizes extends LstmSizes {
  /** Recurrence depth. */
  readonly depth: number;
}

/** Names of what an RHN reads, in the order that tests pass them in; the mask comes last. */
const rhnInputNames = ['x', 'kernel', 'recurrent', 'bias', 's0', 'mask'] as const;

/** One of {@link rhnInputNames}. */
export type RhnInputName = (typeof rhnInputNames)[number];

/** Values of all of it, row-major. */
export type RhnValues = Record<RhnInputName, Float64Array>;

/** Shapes of all of it. */
function rhnShapes({ batch, time, input, units, depth }: RhnSizes): Record<RhnInputName, number[]> {
  return {
    x: [batch, time, input],
    kernel: [input, 2 * units],
    recurrent: [units, depth * 2 * units],
    bias: [depth * 2 * units],
    s0: [batch, units],
    mask: [batch, units],
  };
}

/**
 * Pseudo-random inputs that float32 holds exactly, the mask of zeros and twos; weights get smaller with more units, so
 * that gates do not saturate.
 */
export function rhnValues(sizes: RhnSizes, scale = 1): RhnValues {
  const shapes = rhnShapes(sizes);
  const entries = rhnInputNames.map((name, i) => {
    const width = name === 'kernel' || name === 'recurrent' ? 1 / Math.sqrt(sizes.units + 1) : 1;
    const values = numbers(sizeOf(shapes[name]), i + 31, scale * width);
    return [name, name === 'mask' ? values.map((value) => (value < 0 ? 0 : 2)) : values];
  });
  return Object.fromEntries(entries) as RhnValues;
}

/** The tensors of all of it. */
export interface RhnTensors extends Omit<LstmTensors, 'h0' | 'c0'> {
  readonly s0: Tensor2D;
  readonly mask: Tensor2D;
}

/** The float32 tensors of some values. */
export function rhnTensors(values: RhnValues, sizes: RhnSizes): RhnTensors {
  const shapes = rhnShapes(sizes);
  const entries = rhnInputNames.map((name): [string, Tensor] => [
    name,
    tensor(new Float32Array(values[name]), shapes[name], 'float32'),
  ]);
  return Object.fromEntries(entries) as unknown as RhnTensors;
}

/** Sizes of one and of a few at depths 1, 2, 3 and 10, and what pruning can leave: no units, no inputs, and neither. */
export const rhnSizes: readonly RhnSizes[] = [
  { batch: 3, time: 4, input: 5, units: 6, depth: 2 },
  { batch: 1, time: 5, input: 3, units: 2, depth: 1 },
  { batch: 2, time: 3, input: 4, units: 5, depth: 10 },
  { batch: 2, time: 1, input: 4, units: 3, depth: 3 },
  { batch: 2, time: 3, input: 1, units: 1, depth: 2 },
  { batch: 1, time: 1, input: 1, units: 1, depth: 1 },
  { batch: 7, time: 2, input: 9, units: 13, depth: 2 },
  { batch: 2, time: 3, input: 4, units: 0, depth: 2 },
  { batch: 2, time: 3, input: 0, units: 3, depth: 2 },
  { batch: 2, time: 2, input: 0, units: 0, depth: 1 },
];
