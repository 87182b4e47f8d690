import type { Layout, NamedArray, Weights } from '@secateur/groups';
import { checkKept, weightIndices } from './axis-indices.ts';
import { keptSizes } from './prune.ts';
import { argumentError } from './pruner-error.ts';
import { scatterArray } from './slice-array.ts';
import type { Kept } from './types.ts';

/**
 * Puts pruned weights back where they stood in a network of the old size, zeros everywhere else: the inverse of
 * {@link prune} but for the values that were cut away. The larger network computes the same outputs, because nothing
 * reads the components that come back.
 *
 * @param weights - the pruned weights
 * @param layout - layout of the larger network
 * @param kept - what {@link prune} was given
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { expand } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 2 \n out  h -> 3');
 * const weights = { out: { shape: [1, 3], data: Float32Array.of(4, 5, 6) } };
 * expand(weights, layout, { h: [1] })['out']?.data; // => [0, 0, 0, 4, 5, 6]
 * ```
 */
export function expand(weights: Weights, layout: Layout, kept: Kept): Weights {
  checkKept('expand', kept, layout);
  const larger: Record<string, NamedArray> = {};
  for (const [name, { axes }] of Object.entries(layout.weights)) {
    const weight = weights[name];
    const indices = weightIndices(layout, name, kept);
    const shape = axes.map(({ size }) => size);
    const expected = axes.map(({ size }, axis) => indices[axis]?.length ?? size);
    if (weight === undefined || String(weight.shape) !== String(expected)) {
      throw argumentError(
        `expand: expected weight "${name}" of shape [${expected.join(', ')}], as prune leaves it with sizes ${JSON.stringify(keptSizes(layout, kept))}, found ${weight ? `[${weight.shape.join(', ')}]` : 'none'}; pass the layout before pruning and the kept indices that prune was given.`,
      );
    }
    larger[name] = scatterArray(weight.data, shape, indices);
  }
  return larger;
}
