import { reshape, type NamedTensorMap, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Caller } from './check.ts';
import type { InputContract } from './contract.ts';

/**
 * Factors of a weight's rows and columns when its values, in row-major order, are read as a matrix. Both together have
 * as many rows times columns as the weight has entries; with one of them alone, its length must divide the weight's
 * size. The columns of a weight of any rank are thus its last axis, and its rows all axes before it.
 */
export interface RowColumnFactors {
  /** One factor a row, `[rows]`. */
  readonly rows?: Tensor1D | undefined;
  /** One factor a column, `[columns]`. */
  readonly columns?: Tensor1D | undefined;
}

/**
 * Rows and columns of the matrix that a tensor of `size` entries is read as; one row when there are no factors.
 *
 * @example
 * ```ts
 * import { matrixShape } from '@secateur/backend/kernels';
 *
 * matrixShape(12, undefined, 4); // => [3, 4]
 * matrixShape(12, 2, undefined); // => [2, 6]
 * matrixShape(12, undefined, undefined); // => [1, 12]
 * ```
 */
export function matrixShape(
  size: number,
  rows: number | undefined,
  columns: number | undefined,
): [rows: number, columns: number] {
  if (columns !== undefined) return [rows ?? (columns === 0 ? 0 : size / columns), columns];
  if (rows !== undefined) return [rows, rows === 0 ? 0 : size / rows];
  return [1, size];
}

/** Checks that factors fit a weight. */
export function checkFactors(
  caller: Caller,
  weight: Tensor,
  { rows, columns }: RowColumnFactors,
): void {
  const [height, width] = matrixShape(weight.size, rows?.size, columns?.size);
  if (Number.isInteger(height) && Number.isInteger(width) && height * width === weight.size) return;
  throw caller.failure(
    `${caller.name}: expected factors of rows and columns that fit a weight of ${weight.size} entries, found ${rows?.size ?? 'no'} rows and ${columns?.size ?? 'no'} columns; columns are the last axis and rows all axes before it.`,
  );
}

/** The factors among a kernel's inputs, `rows` as `[R, 1]` and `columns` as `[1, C]`, and the weight's matrix shape. */
export function rowColumnFactors(
  inputs: NamedTensorMap,
  size: number,
): { shape: [number, number]; factors: Tensor[] } {
  const { rows, columns } = inputs as Partial<Record<'rows' | 'columns', Tensor>>;
  const factors: Tensor[] = [];
  if (rows !== undefined) factors.push(reshape(rows, [-1, 1]));
  if (columns !== undefined) factors.push(reshape(columns, [1, -1]));
  return { shape: matrixShape(size, rows?.size, columns?.size), factors };
}

/** The inputs of a contract that are there: a kernel's input map has no undefined entries. */
export function present(contract: InputContract, inputs: object): NamedTensorMap {
  const actual: NamedTensorMap = {};
  for (const name in contract.inputs) {
    const tensor = (inputs as Record<string, Tensor | undefined>)[name];
    if (tensor !== undefined) actual[name] = tensor;
  }
  return actual;
}
