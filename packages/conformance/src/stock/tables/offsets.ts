import { sizeOf } from '@secateur/testing/numeric';

/** The indices of an entry of a tensor, by its offset in row-major order. */
export function indicesOf(offset: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  for (const size of [...shape].reverse()) {
    indices.unshift(offset % size);
    offset = Math.floor(offset / size);
  }
  return indices;
}

/** The offset of an entry, by its indices. */
export const offsetOf = (indices: readonly number[], shape: readonly number[]): number =>
  indices.reduce((offset, index, axis) => offset * shape[axis]! + index, 0);

/** The values of a tensor, each computed from its indices. */
export const filled = (
  shape: readonly number[],
  value: (indices: readonly number[]) => number,
): number[] =>
  Array.from({ length: sizeOf(shape) }, (_, offset) => value(indicesOf(offset, shape)));
