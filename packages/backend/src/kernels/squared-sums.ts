/**
 * Sums the squares of `values` (row-major, of `shape`) over all axes but one, for each asked axis, in one pass and in
 * float64. Returns one array per entry of `axes`, as long as that axis.
 *
 * @example
 * ```ts
 * import { squaredSums } from '@secateur/backend/kernels';
 *
 * // Rows [1, 2] and [3, 4].
 * squaredSums([1, 2, 3, 4], [2, 2], [0, 1]); // => [[5, 25], [10, 20]]
 * ```
 */
export function squaredSums(
  values: ArrayLike<number>,
  shape: readonly number[],
  axes: readonly number[],
): Float64Array[] {
  const rows = size(shape.slice(0, -1));
  return sumsByAxis(rowColumnSums(values, rows, shape.at(-1) ?? 1), shape, axes);
}

/** Sums of squares of a tensor read as a matrix: its columns are the last axis, its rows all axes before it. */
export interface RowColumnSums {
  /** Sum of each row. */
  readonly perRow: Float64Array;
  /** Sum of each column; needed when the last axis is asked for. */
  readonly perColumn: Float64Array;
}

/**
 * Adds up sums of rows and columns to those of each asked axis of a tensor of `shape`; new arrays.
 *
 * @example
 * ```ts
 * import { sumsByAxis } from '@secateur/backend/kernels';
 *
 * // Of a tensor [2, 2, 2], whose four rows are those of two matrices.
 * const perRow = Float64Array.of(1, 2, 3, 4);
 * const perColumn = Float64Array.of(1, 9);
 * sumsByAxis({ perRow, perColumn }, [2, 2, 2], [0, 1, 2]); // => [[3, 7], [4, 6], [1, 9]]
 * ```
 */
export function sumsByAxis(
  { perRow, perColumn }: RowColumnSums,
  shape: readonly number[],
  axes: readonly number[],
): Float64Array[] {
  const last = shape.length - 1;
  return axes.map((axis) => {
    if (axis === last) return perColumn.slice();
    const sums = new Float64Array(shape[axis]!);
    const stride = size(shape.slice(axis + 1, -1));
    perRow.forEach((total, row) => {
      sums[Math.floor(row / stride) % sums.length]! += total;
    });
    return sums;
  });
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Squares summed along each row and down each column of a matrix. */
function rowColumnSums(values: ArrayLike<number>, rows: number, width: number): RowColumnSums {
  const perRow = new Float64Array(rows);
  const perColumn = new Float64Array(width);
  // Four rows at a time: a third of the time of one, as each column's sum is loaded and stored once for the four.
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const a = row * width;
    const b = a + width;
    const c = b + width;
    const d = c + width;
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let j = 0; j < width; j++) {
      const squareA = values[a + j]! * values[a + j]!;
      const squareB = values[b + j]! * values[b + j]!;
      const squareC = values[c + j]! * values[c + j]!;
      const squareD = values[d + j]! * values[d + j]!;
      perColumn[j]! += squareA + squareB + (squareC + squareD);
      sumA += squareA;
      sumB += squareB;
      sumC += squareC;
      sumD += squareD;
    }
    perRow.set([sumA, sumB, sumC, sumD], row);
  }
  for (; row < rows; row++) {
    for (let j = 0; j < width; j++) {
      const value = values[row * width + j]!;
      perColumn[j]! += value * value;
      perRow[row]! += value * value;
    }
  }
  return { perRow, perColumn };
}
