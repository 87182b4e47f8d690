import type { NamedArray } from '@secateur/groups';
import { weightsError } from './pruner-error.ts';
import { range, sliceArray } from './slice-array.ts';

/**
 * Transposes a matrix: a PyTorch `Linear` weight `[out, in]` becomes a dense kernel `[in, out]`, and back.
 *
 * @example
 * ```ts
 * import { transpose } from '@secateur/pruner';
 *
 * const linear = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
 * transpose(linear); // => { shape: [3, 2], data: [1, 4, 2, 5, 3, 6] }
 * ```
 */
export function transpose(weight: NamedArray): NamedArray {
  const [rows, columns] = matrixShape('transpose', weight);
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[column * rows + row] = weight.data[row * columns + column]!;
    }
  }
  return { shape: [columns, rows], data };
}

/** The rows and columns of a matrix; anything else is an error. */
export function matrixShape(caller: string, weight: NamedArray | undefined): [number, number] {
  const shape = weight?.shape ?? [];
  const [rows, columns] = shape;
  if (shape.length !== 2 || weight?.data.length !== rows! * columns!) {
    throw weightsError(
      `${caller}: expected a matrix with all its values, found ${weight ? `shape [${shape.join(', ')}] with ${weight.data.length} values` : 'nothing'}; check the weight's name and shape.`,
    );
  }
  return [rows!, columns!];
}

/** The rows from `start` up to but not including `end`. */
export function matrixRows(weight: NamedArray, start: number, end: number): NamedArray {
  const rows = range(end - start).map((row) => start + row);
  return sliceArray(weight.data, weight.shape, [rows, undefined]);
}
