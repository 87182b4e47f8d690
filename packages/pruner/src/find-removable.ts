import { recurrentDims, type Layout, type Weights } from '@secateur/groups';
import { checkDims, checkWeights } from './check-weights.ts';
import { componentNorms } from './component-norms.ts';
import { checkEqual, equalSizes, type EqualDims } from './equal-sizes.ts';
import { deadPositions, hasLiveEntry, slicesOf, type Part } from './live-entries.ts';
import { PrunerError } from './pruner-error.ts';
import { range } from './slice-array.ts';
import type { Kept } from './types.ts';

/** Settings of {@link findRemovable}. */
export interface FindRemovableOptions {
  /** Dimensions to look at; default the recurrent ones. Others are never touched. */
  readonly dims?: readonly string[];
  /** Entries of at most this size count as zero; default 0, which alone is exact. */
  readonly tolerance?: number;
  /**
   * Components to keep in each dimension even if more are dead, those of largest norm; default 1, as stock layers have
   * at least one unit. With 0 a whole layer may go, which every cell of `@secateur/cells` runs.
   */
  readonly atLeast?: number;
  /**
   * `'reads'` (default): a component goes when nothing reads it. `'group'`: only when its whole group is zero, the
   * columns that compute it too: the stricter count of the paper's code (all six parts of an LSTM component).
   */
  readonly criterion?: 'reads' | 'group';
  /**
   * Sets of dimensions that must stay as large as each other, such as the two directions of a layer that has one size
   * for both: the smaller ones keep dead components, those of largest norm, which changes no output. Default none.
   */
  readonly equal?: EqualDims;
}

/** What {@link findRemovable} finds. */
export interface Removable {
  /** Indices to keep, ascending, for each dimension looked at. */
  readonly kept: Kept;
  /** Indices that may go, ascending, for each dimension looked at. */
  readonly removed: Record<string, number[]>;
  /** Indices among the kept ones that are dead, ascending: kept for `equal` alone. */
  readonly padded: Record<string, number[]>;
  /** Whether removal leaves every output as it is; false when a tolerance was given. */
  readonly exact: boolean;
}

/**
 * Finds the components that may go: those whose *reading* slices are all zero, whatever their biases are.
 *
 * A component that nothing reads cannot be seen, even while its biases keep its value away from zero. Entries that
 * compute a component already found removable do not matter, because that component goes too; so the search is
 * repeated until it finds no more, and a chain of layers whose end is dead unravels backwards.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { findRemovable } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 2 \n rnn  h -> h \n out  h -> 1');
 * const weights = {
 *   rnn: { shape: [2, 2], data: Float32Array.of(0.5, 0.1, 0, 0) },
 *   out: { shape: [2, 1], data: Float32Array.of(1, 0) },
 * };
 * findRemovable(weights, layout).removed; // => { h: [1] }
 * ```
 */
export function findRemovable(
  weights: Weights,
  layout: Layout,
  options: FindRemovableOptions = {},
): Removable {
  const { tolerance = 0, atLeast = 1, criterion = 'reads' } = options;
  checkWeights('findRemovable', weights, layout);
  const dims = options.dims ?? recurrentOnes(layout);
  checkDims('findRemovable', dims, layout);
  const equal = checkEqual('findRemovable', options.equal ?? [], dims, layout);
  if (!(tolerance >= 0 && tolerance < Infinity)) {
    throw new PrunerError(
      `findRemovable: expected a finite tolerance of 0 or more, found ${tolerance}; leave it out for exact removal.`,
    );
  }
  if (!Number.isInteger(atLeast) || atLeast < 0) {
    throw new PrunerError(
      `findRemovable: expected atLeast as a whole number of 0 or more, found ${atLeast}; leave it out to keep one of each.`,
    );
  }

  const dead = searchDead(weights, layout, { dims, tolerance, criterion });
  const keep = (sizes: Readonly<Record<string, number>>): Record<string, number[]> =>
    recordOf(dims, (dim) => {
      const missing = Math.min(sizes[dim]!, dead[dim]!.length) - alive(dead[dim]!);
      return missing > 0 ? revive(dead[dim]!, missing, strengths(weights, layout, dim)) : [];
    });
  keep(recordOf(dims, () => atLeast));
  const padded = keep(
    equalSizes(
      recordOf(dims, (dim) => alive(dead[dim]!)),
      equal,
    ),
  );
  const indices = (gone: boolean) =>
    recordOf(dims, (dim) =>
      range(dead[dim]!.length).filter((index) => (dead[dim]![index] !== 0) === gone),
    );
  return { kept: indices(false), removed: indices(true), padded, exact: tolerance === 0 };
}

/** The dimensions to look at by default; a layout without any would make every search find nothing. */
function recurrentOnes(layout: Layout): string[] {
  const dims = recurrentDims(layout);
  if (dims.length > 0) return dims;
  throw new PrunerError(
    `findRemovable: expected a recurrent dimension in the layout, one that a weight reads and writes, found none among ${Object.keys(layout.dims).join(', ') || 'no dimensions'}; name those to look at in dims.`,
  );
}

function recordOf<T>(dims: readonly string[], value: (dim: string) => T): Record<string, T> {
  return Object.fromEntries(dims.map((dim) => [dim, value(dim)]));
}

function alive(dead: Uint8Array): number {
  return dead.filter((gone) => gone === 0).length;
}

interface Search {
  readonly dims: readonly string[];
  readonly tolerance: number;
  readonly criterion: 'reads' | 'group';
}

/** Marks dead components with 1, each round looking past the entries of those found in the rounds before. */
function searchDead(
  weights: Weights,
  layout: Layout,
  { dims, tolerance, criterion }: Search,
): Record<string, Uint8Array> {
  const dead: Record<string, Uint8Array> = {};
  const parts = new Map<string, Part[]>();
  for (const dim of dims) {
    dead[dim] = new Uint8Array(layout.dims[dim]!);
    const slices = slicesOf(layout, dim, criterion);
    if (!slices.some(({ reads }) => reads)) {
      throw new PrunerError(
        `findRemovable: expected dimension "${dim}" to be read by some weight, found none; it leaves the network, so leave it out of dims.`,
      );
    }
    parts.set(dim, slices);
  }
  for (let found = true; found;) {
    found = false;
    const masks = deadPositions(layout, criterion === 'reads' ? dead : {});
    const next = new Map<string, number[]>();
    for (const [dim, slices] of parts) {
      const alive = (k: number): boolean =>
        slices.some((slice) => hasLiveEntry(weights, masks, slice, k, tolerance));
      next.set(
        dim,
        range(dead[dim]!.length).filter((k) => dead[dim]![k] === 0 && !alive(k)),
      );
    }
    for (const [dim, indices] of next) {
      for (const k of indices) dead[dim]![k] = 1;
      if (criterion === 'reads' && indices.length > 0) found = true;
    }
  }
  return dead;
}

/** Takes the strongest dead components back, among equals the first, and returns them in ascending order. */
function revive(dead: Uint8Array, count: number, norms: Float64Array): number[] {
  const candidates = range(dead.length).filter((index) => dead[index] !== 0);
  candidates.sort((a, b) => norms[b]! - norms[a]! || a - b);
  const revived = candidates.slice(0, count);
  for (const index of revived) dead[index] = 0;
  return revived.sort((a, b) => a - b);
}

/** Norms over the penalised weights and every place that reads the dimension. */
function strengths(weights: Weights, layout: Layout, dim: string): Float64Array {
  const slices = slicesOf(layout, dim, 'group').map(({ weight, axis, start }) => ({
    weight,
    axis,
    start,
    multiplier: 1,
  }));
  return componentNorms(weights, [{ name: dim, count: layout.dims[dim]!, slices }])[dim]!;
}
