import { tensor, tensor1d, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { floats, sizeOf } from './numbers.ts';

/** Sizes `[rows, columns]` round the vector widths of four and eight and the four rows taken at once, and empty ones. */
export const matrices: readonly (readonly [rows: number, columns: number])[] = [
  [1, 1],
  [1, 7],
  [3, 4],
  [4, 5],
  [5, 9],
  [9, 3],
  [7, 1],
  [8, 16],
  [0, 3],
  [2, 0],
];

/** Which factors a test gives. */
export const factorChoices = ['none', 'rows', 'columns', 'both'] as const;

/** One of {@link factorChoices}. */
export type FactorChoice = (typeof factorChoices)[number];

/** Single-precision pseudo-random numbers and the tensor of a weight or gradient. */
export function randomWeight(
  shape: readonly number[],
  seed: number,
): { values: Float32Array; x: Tensor } {
  const values = floats(sizeOf(shape), seed, 2);
  return { values, x: tensor(values, [...shape], 'float32') };
}

/** The factors of a choice as functions of the index, 0 where there are none, and as tensors. */
export function factors(
  choice: FactorChoice,
  rows: number,
  columns: number,
  seed = 5,
): {
  row: (i: number) => number;
  column: (j: number) => number;
  given: { rows?: Tensor1D; columns?: Tensor1D };
} {
  const perRow = floats(rows, seed, 2);
  const perColumn = floats(columns, seed + 1, 2);
  const byRow = choice === 'rows' || choice === 'both';
  const byColumn = choice === 'columns' || choice === 'both';
  return {
    row: (i) => (byRow ? perRow[i]! : 0),
    column: (j) => (byColumn ? perColumn[j]! : 0),
    given: {
      ...(byRow && { rows: tensor1d(perRow) }),
      ...(byColumn && { columns: tensor1d(perColumn) }),
    },
  };
}

/** The bits of single-precision values, for comparisons that forgive nothing. */
export function bitsOf(x: Tensor): number[] {
  const values = x.dataSync<'float32'>().slice();
  return [...new Uint32Array(values.buffer)];
}
