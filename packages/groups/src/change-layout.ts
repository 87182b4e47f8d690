import { checkDimension } from './build-layout.ts';
import { isRecord, kindOf, requireLayout } from './check-layout.ts';
import { GroupError } from './error.ts';
import { layoutFromParts, layoutToJson } from './layout-json.ts';
import { entryOf } from './names.ts';
import type { Layout, WeightLayout } from './types.ts';

/**
 * The union of layouts, for instance of a model's cells: dimensions of the same name are the same dimension.
 *
 * @throws {@link GroupError} if a dimension has two sizes or a weight appears twice.
 */
export function mergeLayouts(...layouts: readonly Layout[]): Layout {
  if (layouts.length === 0) {
    throw new GroupError(
      'mergeLayouts: expected at least one layout, found none; pass the layouts to merge',
    );
  }
  const dims: Record<string, number> = {};
  const weights: Record<string, WeightLayout> = {};
  for (const layout of layouts) {
    requireLayout(layout, 'mergeLayouts');
    for (const [name, size] of Object.entries(layout.dims)) {
      if (Object.hasOwn(dims, name) && dims[name] !== size) {
        throw new GroupError(
          `mergeLayouts: expected one size for dimension "${name}", found ${dims[name]} and ${size}; rename one of the dimensions`,
        );
      }
      dims[name] = size;
    }
    for (const [name, weight] of Object.entries(layout.weights)) {
      if (Object.hasOwn(weights, name)) {
        throw new GroupError(
          `mergeLayouts: expected each weight in one layout, found "${name}" in two; rename one of the cells`,
        );
      }
      weights[name] = weight;
    }
  }
  return { dims, weights };
}

/**
 * The same layout with other sizes for some dimensions, for instance after pruning.
 *
 * @throws {@link GroupError} if a name is no dimension of the layout or a size is not a whole number of at least 0.
 */
export function resizeLayout(layout: Layout, sizes: Readonly<Record<string, number>>): Layout {
  requireLayout(layout, 'resizeLayout');
  if (!isRecord(sizes)) {
    throw new GroupError(`resizeLayout: expected sizes by dimension, found ${kindOf(sizes)}`);
  }
  for (const [name, size] of Object.entries(sizes)) {
    entryOf(layout.dims, name, 'resizeLayout: expected a dimension of the layout');
    checkDimension(name, size, 'resizeLayout');
  }
  const json = layoutToJson(layout);
  return layoutFromParts({ ...json, dims: { ...json.dims, ...sizes } }, 'resizeLayout');
}
