import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { lstmReference, type LstmReference } from '@whittle/testing';
import { numbers, sizeOf } from './values.ts';

export interface Sizes {
  readonly batch: number;
  readonly time: number;
  readonly input: number;
  readonly units: number;
}

export const inputNames = ['x', 'kernel', 'recurrent', 'bias', 'h0', 'c0'] as const;
export type Values = Record<(typeof inputNames)[number], Float64Array>;

export function shapesOf({ batch, time, input, units }: Sizes): Record<keyof Values, number[]> {
  return {
    x: [batch, time, input],
    kernel: [input, 4 * units],
    recurrent: [units, 4 * units],
    bias: [4 * units],
    h0: [batch, units],
    c0: [batch, units],
  };
}

export function valuesOf(sizes: Sizes): Values {
  const shapes = shapesOf(sizes);
  // Sums over many units would only saturate the gates.
  const scale = 1 / Math.sqrt(sizes.units + 1);
  return Object.fromEntries(
    inputNames.map((name, seed) => [
      name,
      Float64Array.from(
        numbers(
          sizeOf(shapes[name]),
          seed + 1,
          name === 'kernel' || name === 'recurrent' ? scale : 1,
        ),
      ),
    ]),
  ) as Values;
}

export function tensorsOf(values: Values, sizes: Sizes): Record<keyof Values, Tensor> {
  const shapes = shapesOf(sizes);
  return Object.fromEntries(
    inputNames.map((name) => [name, tensor(Float32Array.from(values[name]), shapes[name])]),
  ) as Record<keyof Values, Tensor>;
}

export function reference(
  values: Values,
  sizes: Sizes,
  gates: string,
  forgetBias: number,
): LstmReference {
  return lstmReference({ ...values, ...sizes, gates, forgetBias });
}

/** Round the 32 units and four rows of a workgroup, with batches, steps and units of 1. */
export const sizesToTry: readonly Sizes[] = [
  { batch: 3, time: 4, input: 5, units: 6 },
  { batch: 1, time: 5, input: 3, units: 2 },
  { batch: 2, time: 1, input: 4, units: 3 },
  { batch: 2, time: 3, input: 1, units: 1 },
  { batch: 1, time: 1, input: 1, units: 1 },
  { batch: 5, time: 2, input: 9, units: 33 },
  { batch: 4, time: 2, input: 7, units: 32 },
];

/** What pruning can leave: a layer without units, one that has no inputs left, and both. */
export const prunedSizes: readonly Sizes[] = [
  { batch: 2, time: 3, input: 4, units: 0 },
  { batch: 2, time: 3, input: 0, units: 3 },
  { batch: 2, time: 2, input: 0, units: 0 },
  { batch: 1, time: 1, input: 2, units: 0 },
];
