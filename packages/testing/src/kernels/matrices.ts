// What the kernels share that read a weight as a matrix, with factors of its rows and columns.
import type { NamedSizes } from './inputs.ts';
import type { InputValues } from './inputs.ts';
import { matrices } from '../weight-fixture.ts';

const round = Math.fround;

/** The fixture's matrices, some round the sizes of workgroups, and weights of other ranks. */
export const weightSizes: readonly NamedSizes[] = [
  [4, 5],
  ...matrices,
  [16, 17],
  [63, 65],
  [2, 64],
  [3, 43],
  [43, 6],
  [2, 256],
  [257, 1],
  [1, 257],
]
  .map(([rows, columns]): NamedSizes => ({
    '...shape': [rows!, columns!],
    rows: rows!,
    columns: columns!,
  }))
  .concat([
    { '...shape': [], rows: 1, columns: 1 },
    { '...shape': [7], rows: 1, columns: 7 },
    { '...shape': [2, 1, 2], rows: 2, columns: 2 },
    { '...shape': [2, 3, 5], rows: 6, columns: 5 },
  ]);

/** A weight so large that threads share it. */
export const largeWeight: NamedSizes = { '...shape': [1003, 131], rows: 1003, columns: 131 };

/** Factors belong to a weight. */
export const takesFactors = (names: readonly string[]): boolean =>
  names.includes('weight') || !(names.includes('rows') || names.includes('columns'));

/** `scale * (gradient + weight * (rows[i] + columns[j]))` with every operation rounded to single precision. */
export function penalizedReference(
  { gradient, weight, rows, columns, scale }: InputValues,
  { columns: width }: NamedSizes,
): Float32Array {
  const factor = (at: number): number => {
    const row = rows?.[Math.floor(at / (width as number))];
    const column = columns?.[at % (width as number)];
    return round((row ?? 0) + (column ?? 0));
  };
  const isPenalized = rows !== undefined || columns !== undefined;
  return Float32Array.from(gradient!, (value, at) => {
    const whole = isPenalized ? round(value + round(weight![at]! * factor(at))) : value;
    return scale === undefined ? whole : whole * scale[0]!;
  });
}

/** Zeros for what is smaller than the threshold in single precision. */
export function thresholded(values: ArrayLike<number>, threshold: number): Float32Array {
  return Float32Array.from(values, (value) =>
    Math.abs(round(value)) < round(threshold) ? 0 : value,
  );
}
