import type { Layout, Weights } from '@secateur/groups';
import { componentNorms } from './component-norms.ts';
import { checkDims } from './dims.ts';
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

/**
 * The norm of every component of one dimension, by which components are ranked: over the penalized weights and every place that
 * reads the dimension. Unlike the groups of a training it also counts what is frozen.
 *
 * @throws {@link PrunerError} when the layout does not have the dimension, or a weight that has the dimension does not fit it.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { componentStrengths } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 2 \n up  1 -> h \n down  h -> 1  [frozen]');
 * const weights = {
 *   up: { shape: [1, 2], data: Float32Array.of(3, 0) },
 *   down: { shape: [2, 1], data: Float32Array.of(4, 2) },
 * };
 * componentStrengths(weights, layout, 'h'); // => [5, 2]
 * ```
 */
export function componentStrengths(weights: Weights, layout: Layout, dim: string): Float64Array {
  checkDims('componentStrengths', [dim], layout);
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
