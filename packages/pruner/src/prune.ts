import { resizeLayout, type Layout, type NamedArray, type Weights } from '@secateur/groups';
import { checkKept, weightIndices } from './axis-indices.ts';
import { checkWeights } from './check-weights.ts';
import { sliceArray } from './slice-array.ts';
import type { Kept } from './types.ts';

/** A network after {@link prune}. */
export interface Pruned {
  /** New arrays under the old names. */
  readonly weights: Weights;
  /** The old layout with the new sizes. */
  readonly layout: Layout;
}

/**
 * Cuts every weight down to the kept components and returns new arrays; the old ones stay as they are.
 *
 * A dimension that `kept` does not name keeps all its components.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { prune } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 2 \n out  h -> 3');
 * const weights = { out: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
 * prune(weights, layout, { h: [1] }).weights['out']?.data; // => [4, 5, 6]
 * ```
 */
export function prune(weights: Weights, layout: Layout, kept: Kept): Pruned {
  checkWeights('prune', weights, layout);
  checkKept('prune', kept, layout);
  const smaller: Record<string, NamedArray> = {};
  for (const [name, { data, shape }] of Object.entries(weights)) {
    smaller[name] = sliceArray(data, shape, weightIndices(layout, name, kept));
  }
  return { weights: smaller, layout: resizeLayout(layout, keptSizes(layout, kept)) };
}

/** Every size of the layout once only the kept components are left. */
export function keptSizes(layout: Layout, kept: Kept): Record<string, number> {
  const sizes: Record<string, number> = { ...layout.dims };
  for (const [dim, indices] of Object.entries(kept)) sizes[dim] = indices.length;
  return sizes;
}
