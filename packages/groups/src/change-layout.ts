import { isRecord } from '@secateur/input';
import { buildLayout, layoutOf } from './build-layout.ts';
import { dimensionSize, kindOf, requireLayout } from './check-layout.ts';
import { layoutError } from './error.ts';
import type { Layout, WeightLayout } from './types.ts';

/**
 * The union of layouts, for instance of a model's cells: dimensions of the same name are the same dimension.
 *
 * @throws {@link GroupError} if a dimension has two sizes, is fixed in one layout only, or a weight appears twice.
 *
 * @example
 * ```ts
 * import { layoutShapes, mergeLayouts, recurrentLayout } from '@secateur/groups';
 * import { gruCell, lstmCell } from '@secateur/kernels';
 *
 * const dims = { embed: 4, h1: 3, h2: 2 };
 * const first = recurrentLayout(lstmCell, { name: 'lstm', input: 'embed', units: 'h1', dims });
 * const second = recurrentLayout(gruCell, { name: 'gru', input: 'h1', units: 'h2', dims });
 * const both = mergeLayouts(first, second);
 * both.dims; // => { embed: 4, h1: 3, h2: 2 }
 * layoutShapes(both)['gru/kernel']; // => [3, 6]
 * ```
 */
export function mergeLayouts(...layouts: readonly Layout[]): Layout {
  if (layouts.length === 0) {
    throw layoutError(
      'mergeLayouts: expected at least one layout, found none; pass the layouts to merge',
    );
  }
  const dims: Record<string, number> = {};
  const fixed: Record<string, number> = {};
  const weights: Record<string, WeightLayout> = {};
  for (const layout of layouts) {
    requireLayout(layout, 'mergeLayouts');
    addSizes(dims, fixed, layout.dims);
    addSizes(fixed, dims, layout.fixed ?? {});
    for (const [name, weight] of Object.entries(layout.weights)) {
      if (Object.hasOwn(weights, name)) {
        throw layoutError(
          `mergeLayouts: expected each weight in one layout, found "${name}" in two; rename one of the cells`,
        );
      }
      weights[name] = weight;
    }
  }
  return layoutOf(dims, fixed, weights);
}

function addSizes(
  sizes: Record<string, number>,
  others: Readonly<Record<string, number>>,
  added: Readonly<Record<string, number>>,
): void {
  for (const [name, size] of Object.entries(added)) {
    if (Object.hasOwn(others, name)) {
      throw layoutError(
        `mergeLayouts: expected "${name}" as a dimension or as a fixed width, found both; merge first and call fixDims on the result`,
      );
    }
    if (Object.hasOwn(sizes, name) && sizes[name] !== size) {
      throw layoutError(
        `mergeLayouts: expected one size for "${name}", found ${sizes[name]} and ${size}; rename one of the two`,
      );
    }
    sizes[name] = size;
  }
}

/**
 * The same layout with other sizes for some dimensions, for instance after pruning.
 *
 * @throws {@link GroupError} if a name is no dimension of the layout or a size is not a whole number of at least 0.
 *
 * @example
 * ```ts
 * import { parseLayout, resizeLayout, weightShape } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  embed = 4  h1 = 3
 *   lstm1/kernel  embed -> 4*h1
 * `);
 * const small = resizeLayout(layout, { h1: 2 });
 * weightShape(small, 'lstm1/kernel'); // => [4, 8]
 * ```
 */
export function resizeLayout(layout: Layout, sizes: Readonly<Record<string, number>>): Layout {
  requireLayout(layout, 'resizeLayout');
  if (!isRecord(sizes)) {
    throw layoutError(`resizeLayout: expected sizes by dimension, found ${kindOf(sizes)}`);
  }
  for (const name of Object.keys(sizes)) dimensionSize(layout, name, 'resizeLayout');
  const resized = { ...layout, dims: { ...layout.dims, ...sizes } };
  return buildLayout(resized, Object.entries(layout.weights), 'resizeLayout');
}

/**
 * The same layout with some dimensions as fixed widths: they keep their names and sizes, but have no groups and are never
 * pruned, whatever reads and writes them.
 *
 * @throws {@link GroupError} if a name is no dimension of the layout.
 *
 * @example
 * ```ts
 * import { fixDims, issGroups, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  h1 = 3  h2 = 2
 *   first   h1 -> h1
 *   second  h1 + h2 -> h2
 * `);
 * const kept = fixDims(layout, ['h1']);
 * kept.fixed; // => { h1: 3 }
 * issGroups(kept).map(({ name }) => name); // => ['h2']
 * ```
 */
export function fixDims(layout: Layout, names: readonly string[]): Layout {
  requireLayout(layout, 'fixDims');
  const fixed = Object.fromEntries(
    names.map((name) => [name, dimensionSize(layout, name, 'fixDims')]),
  );
  const left = Object.entries(layout.dims).filter(([name]) => !Object.hasOwn(fixed, name));
  const sizes = { dims: Object.fromEntries(left), fixed: { ...layout.fixed, ...fixed } };
  return buildLayout(sizes, Object.entries(layout.weights), 'fixDims');
}
