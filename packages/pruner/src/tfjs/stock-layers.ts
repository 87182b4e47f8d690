import { resizeLayout, type Layout, type Weights } from '@secateur/groups';
import { expand } from '../expand.ts';

/** Stock layers have at least one unit: a dimension of none gets one of zeros, which nothing reads. */
export function withUnits(weights: Weights, layout: Layout): { weights: Weights; layout: Layout } {
  const empty = Object.keys(layout.dims).filter((dim) => layout.dims[dim] === 0);
  if (empty.length === 0) return { weights, layout };
  const larger = resizeLayout(layout, Object.fromEntries(empty.map((dim) => [dim, 1])));
  const none = Object.fromEntries(empty.map((dim) => [dim, []]));
  return { weights: expand(weights, larger, none), layout: larger };
}
