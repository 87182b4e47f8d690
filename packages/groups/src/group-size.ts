import { checkOptions, isRecord } from '@secateur/input';
import { requireShapes } from './check-layout.ts';
import { argumentError, shapesError } from './error.ts';
import { suggestion } from './names.ts';
import type { GroupSet, Shapes, Slice } from './types.ts';

/** Options of {@link groupSize}. */
export interface GroupSizeOptions {
  /** Whether an entry that several slices hold counts once; by default it counts once for each, as in the paper. */
  readonly unique?: boolean;
}

/**
 * The number of entries in one group of the set, given the shapes of the weights. Entries are counted with their
 * multiplicity, as the paper does (24000 and 28000 for its PTB model), unless `unique` is set. Multipliers scale the
 * norm, not the count.
 *
 * @throws {@link GroupError} if a slice names a weight without a shape or reaches beyond its axis.
 *
 * @example
 * ```ts
 * import { groupSize, issGroups, layoutFromJson, layoutShapes } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { h1: 3 }, weights: { recurrent: 'h1 -> 4*h1' } });
 * const [h1] = issGroups(layout);
 * // A row of 12 and four columns of 3, which meet in four entries.
 * groupSize(h1!, layoutShapes(layout)); // => 24
 * groupSize(h1!, layoutShapes(layout), { unique: true }); // => 20
 * ```
 */
export function groupSize(set: GroupSet, shapes: Shapes, options: GroupSizeOptions = {}): number {
  checkOptions('groupSize', options, { unique: true }, argumentError);
  checkGroupSet(set, shapes, 'groupSize');
  if (options.unique !== true) {
    return set.slices.reduce((sum, { weight, axis }) => sum + across(shapes[weight]!, axis), 0);
  }
  let sum = 0;
  for (const weight of new Set(set.slices.map((slice) => slice.weight))) {
    const shape = shapes[weight]!;
    // All entries, less those that no slice of the component holds on any axis.
    const outside = shape.map((size, axis) => {
      const onAxis = set.slices.filter((slice) => slice.weight === weight && slice.axis === axis);
      return size - new Set(onAxis.map(({ start }) => start)).size;
    });
    sum += product(shape) - product(outside);
  }
  return sum;
}

/**
 * The first slice of a set that does not lie inside a weight of these shapes: whose weight has none, or not that axis, or which
 * begins before the axis or ends beyond it. Undefined when all of them fit.
 *
 * @example
 * ```ts
 * import { issGroups, parseLayout, sliceOutside } from '@secateur/groups';
 *
 * const [h1] = issGroups(parseLayout('dims h1 = 3 \n recurrent h1 -> h1'));
 * sliceOutside(h1!, { recurrent: [3, 3] }); // => undefined
 * sliceOutside(h1!, { recurrent: [3, 2] })?.axis; // => 1
 * ```
 */
export function sliceOutside({ slices, count }: GroupSet, shapes: Shapes): Slice | undefined {
  return slices.find(({ weight, axis, start }) => {
    const length = Object.hasOwn(shapes, weight) ? shapes[weight]![axis] : undefined;
    if (length === undefined || !Number.isInteger(start)) return true;
    return start < 0 || start + count > length;
  });
}

/** Throws unless every slice of the set lies inside the weight that it names. */
export function checkGroupSet(set: GroupSet, shapes: Shapes, caller: string): void {
  requireShapes(shapes, caller);
  if (!isRecord(set) || !Array.isArray(set.slices) || !Number.isInteger(set.count)) {
    throw shapesError(
      `${caller}: expected a group set, found another value; make one with issGroups`,
    );
  }
  const slice = sliceOutside(set, shapes);
  if (slice === undefined) return;
  const { weight, axis, start } = slice;
  if (!Object.hasOwn(shapes, weight)) {
    throw shapesError(
      `${caller}: expected a shape for "${weight}" of group set "${set.name}", found none; ${suggestion(weight, Object.keys(shapes))}`,
    );
  }
  const shape = shapes[weight]!;
  const found = `found shape [${shape.join(', ')}]; were the groups built for`;
  if (shape[axis] === undefined) {
    throw shapesError(
      `${caller}: expected axis ${axis} in "${weight}" of group set "${set.name}", ${found} another model?`,
    );
  }
  throw shapesError(
    `${caller}: expected components ${start} to ${start + set.count - 1} along axis ${axis} of "${weight}" (group set "${set.name}"), ${found} other sizes?`,
  );
}

function across(shape: readonly number[], axis: number): number {
  return product(shape.filter((_, i) => i !== axis));
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
