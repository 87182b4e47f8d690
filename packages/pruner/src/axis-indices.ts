import type { Axis, Layout } from '@secateur/groups';
import { argumentError } from './pruner-error.ts';
import { range } from './slice-array.ts';
import type { Kept } from './types.ts';

/** Positions of an axis that survive when each segment keeps the indices of its dimension; undefined when all do. */
function axisIndices(axis: Axis, kept: Kept): number[] | undefined {
  if (!axis.segments.some(({ dim }) => dim !== undefined && Object.hasOwn(kept, dim))) {
    return undefined;
  }
  return axis.segments.flatMap(({ dim, start, size }) => {
    const indices = dim !== undefined && Object.hasOwn(kept, dim) ? kept[dim]! : range(size);
    return indices.map((index) => start + index);
  });
}

/** Per axis of one weight, the positions that survive. */
export function weightIndices(
  layout: Layout,
  weight: string,
  kept: Kept,
): (number[] | undefined)[] {
  return layout.weights[weight]!.axes.map((axis) => axisIndices(axis, kept));
}

/** Checks that each entry of `kept` is an ascending list of components of a dimension of the layout; it may be empty. */
export function checkKept(caller: string, kept: Kept, layout: Layout): void {
  for (const [dim, indices] of Object.entries(kept)) {
    const size = layout.dims[dim];
    if (size === undefined || !Object.hasOwn(layout.dims, dim)) {
      throw argumentError(
        `${caller}: expected kept indices for dimensions of the layout (${Object.keys(layout.dims).join(', ')}), found "${dim}"; check its spelling.`,
      );
    }
    let previous = -1;
    for (const index of indices) {
      if (!Number.isInteger(index) || index <= previous || index >= size) {
        throw argumentError(
          `${caller}: expected ascending indices from 0 to ${size - 1} for "${dim}", found ${index} after ${previous}; sort them and drop duplicates.`,
        );
      }
      previous = index;
    }
  }
}
