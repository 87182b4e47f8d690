import { resizeLayout, type Layout, type Weights } from '@secateur/groups';
import { expand } from './expand.ts';

/**
 * The same network with at least one component in each dimension: one of which pruning left nothing gets a component of zeros,
 * which nothing reads. Stock layers of TensorFlow.js and ONNX's operators want one.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { prune, withUnits } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 2 \n up  1 -> h \n down  h -> 1');
 * const pair = Float32Array.of(1, 2);
 * const weights = { up: { shape: [1, 2], data: pair }, down: { shape: [2, 1], data: pair } };
 * const empty = prune(weights, layout, { h: [] });
 * empty.layout.dims; // => { h: 0 }
 * const larger = withUnits(empty.weights, empty.layout);
 * larger.layout.dims; // => { h: 1 }
 * larger.weights['down']; // => { shape: [1, 1], data: [0] }
 * ```
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
