import { sizeOf } from '@secateur/testing/numeric';

/** The indices of an entry of a tensor, by its place in row-major order. */
export function indicesOf(place: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  for (const size of [...shape].reverse()) {
    indices.unshift(place % size);
    place = Math.floor(place / size);
  }
  return indices;
}

/** The place of an entry, by its indices. */
export const placeOf = (indices: readonly number[], shape: readonly number[]): number =>
  indices.reduce((place, index, axis) => place * shape[axis]! + index, 0);

/** The values of a tensor, each computed from its indices. */
export const filled = (
  shape: readonly number[],
  value: (indices: readonly number[]) => number,
): number[] => Array.from({ length: sizeOf(shape) }, (_, place) => value(indicesOf(place, shape)));
