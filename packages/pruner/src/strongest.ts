import type { Layout, Weights } from '@secateur/groups';
import { componentNorms } from './component-norms.ts';
import { slicesOf } from './nonzero.ts';
import { range } from './slice-array.ts';

/** The components to keep, ascending: living before dead ones, then those of larger norm, among equals the first. */
export function strongest(
  dead: Uint8Array,
  count: number,
  norms: () => ArrayLike<number>,
): number[] {
  const living = range(dead.length).filter((index) => dead[index] === 0);
  if (count === living.length) return living;
  const strength = norms();
  return range(dead.length)
    .sort((a, b) => dead[a]! - dead[b]! || strength[b]! - strength[a]! || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/** Norms over the penalized weights and every place that reads the dimension. */
export function strengths(weights: Weights, layout: Layout, dim: string): Float64Array {
  const slices = slicesOf(layout, dim, 'group').map(({ weight, axis, start }) => ({
    weight,
    axis,
    start,
    multiplier: 1,
  }));
  return componentNorms(weights, [{ name: dim, count: layout.dims[dim]!, slices }])[dim]!;
}

/** The indices of a dimension of this size that are not kept. */
export function others(size: number, kept: readonly number[]): number[] {
  const left = new Set(kept);
  return range(size).filter((index) => !left.has(index));
}
