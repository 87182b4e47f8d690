import { resizeLayout, type Layout, type Weights } from '@secateur/groups';
import { expand } from './expand.ts';

/**
 * The same network with at least one component in each dimension: one of which pruning left nothing gets a component of zeros,
 * which nothing reads. Stock layers of TensorFlow.js and ONNX's operators want one.
 */
export function withUnits(
  weights: Weights,
  layout: Layout,
): { readonly weights: Weights; readonly layout: Layout } {
  const empty = Object.keys(layout.dims).filter((dim) => layout.dims[dim] === 0);
  if (empty.length === 0) return { weights, layout };
  const larger = resizeLayout(layout, Object.fromEntries(empty.map((dim) => [dim, 1])));
  const none = Object.fromEntries(empty.map((dim) => [dim, []]));
  return { weights: expand(weights, larger, none), layout: larger };
}
