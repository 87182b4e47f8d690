import { checkOptions } from '@secateur/input';
import { dimensionSize, requireLayout } from './check-layout.ts';
import { argumentError } from './error.ts';
import type { GroupSet, Layout, Slice } from './types.ts';

/** Options of {@link issGroups}. */
export interface IssGroupOptions {
  /**
   * The dimensions to make groups for; by default the recurrent ones, see {@link recurrentDims}, that some penalized
   * weight has, that no frozen weight reads and that are not empty.
   */
  readonly dims?: readonly string[];
}

/**
 * The dimensions that some weight reads on one axis and writes on another, in the order of their declaration: the
 * hidden sizes, which the paper prunes. Embedding widths and vocabularies are not among them.
 *
 * @example
 * ```ts
 * import { parseLayout, recurrentDims } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  embed = 4  h1 = 3
 *   lstm1/kernel     embed -> 4*h1
 *   lstm1/recurrent  h1 -> 4*h1
 * `);
 * recurrentDims(layout); // => ['h1']
 * ```
 */
export function recurrentDims(layout: Layout): string[] {
  requireLayout(layout, 'recurrentDims');
  const recurrent = new Set<string>();
  for (const { axes } of Object.values(layout.weights)) {
    axes.forEach((axis, i) => {
      if (axis.role === 'writes') return;
      axes.forEach((other, j) => {
        if (i === j || other.role === 'reads') return;
        for (const { dim } of axis.segments) {
          if (dim !== undefined && other.segments.some((segment) => segment.dim === dim))
            recurrent.add(dim);
        }
      });
    });
  }
  return Object.keys(layout.dims).filter((dim) => recurrent.has(dim));
}

/**
 * The frozen weights that read a dimension. What they read can never become zero, so no component of the dimension can
 * become removable in training, and a penalty would only harm.
 */
export function frozenReaders(layout: Layout, dim: string): string[] {
  return Object.entries(layout.weights).flatMap(([name, { axes, frozen }]) =>
    frozen &&
    axes.some(
      ({ role, segments }) => role !== 'writes' && segments.some((part) => part.dim === dim),
    )
      ? [name]
      : [],
  );
}

/**
 * The Intrinsic Sparse Structure groups of a layout, one set for each dimension. Component `k` of a dimension is
 * every slice at index `k` of every segment of that dimension in the penalized weights (paper, section 3.2), so an
 * entry can be in two groups, and an entry that two slices of one group share counts twice.
 *
 * @throws {@link GroupError} if a name in `dims` is no dimension of the layout, or is one without penalized weights or
 * with a frozen reader.
 *
 * @example
 * ```ts
 * import { issGroups, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  h1 = 3
 *   recurrent  h1 -> 4*h1
 * `);
 * const [h1] = issGroups(layout);
 * [h1!.name, h1!.count]; // => ['h1', 3]
 * // A row, and a column of each of the four blocks.
 * h1!.slices.map(({ axis, start }) => [axis, start]); // => [[0, 0], [1, 0], [1, 3], [1, 6], [1, 9]]
 * ```
 */
export function issGroups(layout: Layout, options: IssGroupOptions = {}): GroupSet[] {
  requireLayout(layout, 'issGroups');
  checkOptions('issGroups', options, { dims: true }, argumentError);
  const { dims } = options;
  if (dims === undefined) {
    return recurrentDims(layout)
      .filter((name) => frozenReaders(layout, name).length === 0)
      .map((name) => groupSet(layout, name))
      .filter(({ count, slices }) => count > 0 && slices.length > 0);
  }
  if (!Array.isArray(dims)) {
    throw argumentError(`issGroups: expected a list of dimensions, found ${typeof dims}`);
  }
  if (new Set(dims).size !== dims.length) {
    throw argumentError(`issGroups: expected each dimension once, found [${dims.join(', ')}]`);
  }
  return dims.map((name: string) => {
    const set = groupSet(layout, name);
    const [reader] = frozenReaders(layout, name);
    if (reader !== undefined) {
      throw argumentError(
        `issGroups: expected dimensions that only trained weights read, found "${name}", which "${reader}" reads and is frozen; leave the dimension out or train that weight`,
      );
    }
    if (set.slices.length === 0) {
      throw argumentError(
        `issGroups: expected penalized weights with dimension "${name}", found none; mark one [penalized] or leave the dimension out`,
      );
    }
    return set;
  });
}

function groupSet(layout: Layout, name: string): GroupSet {
  return { name, count: dimensionSize(layout, name, 'issGroups'), slices: slicesOf(layout, name) };
}

function slicesOf(layout: Layout, dim: string): Slice[] {
  return Object.entries(layout.weights).flatMap(([weight, { axes, penalized }]) =>
    penalized
      ? axes.flatMap(({ segments }, axis) =>
          segments
            .filter((segment) => segment.dim === dim)
            .map(({ start }) => ({ weight, axis, start, multiplier: 1 })),
        )
      : [],
  );
}
