import type { Layout, NamedArray, Weights } from '@secateur/groups';
import { expand, findRemovable, prune } from '@secateur/pruner';

/**
 * The weights that a training ends with: the moving average, without what is smaller than `threshold`, as the original
 * leaves it out before a test, and without the components that are dead in the weights of the last step. An average
 * forgets slowly: with a decay of 0.999, a weight of 0.1 that became zero takes 5,500 steps to come below 4e-4.
 *
 * @param layout - that of exact removal, so that a component goes only when nothing at all reads it
 */
export function finalWeights(
  average: Weights,
  last: Weights,
  { layout, threshold }: { readonly layout: Layout; readonly threshold: number },
): Weights {
  const { kept } = findRemovable(last, layout, { atLeast: 0 });
  const living = expand(prune(average, layout, kept).weights, layout, kept);
  return Object.fromEntries(
    Object.entries(living).map(([name, weight]) => [name, thresholded(weight, threshold)]),
  );
}

function thresholded({ shape, data }: NamedArray, threshold: number): NamedArray {
  return {
    shape,
    data: Float32Array.from(data, (value) => (Math.abs(value) < threshold ? 0 : value)),
  };
}
