import { equalSizes, type Layout, type Sizes, type Weights } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { checkWeights } from './check-weights.ts';
import { alive, deadComponents } from './dead-components.ts';
import { checkAtLeast, checkDims, recordOf, recurrentOnes } from './dims.ts';
import { checkEqual, type EqualDims } from './equal-dims.ts';
import { argumentError } from './pruner-error.ts';
import { componentStrengths, others, strongest } from './strongest.ts';
import type { Kept } from './types.ts';

/** Options of {@link findRemovable}. */
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
  const names = {
    dims: true,
    tolerance: true,
    atLeast: true,
    criterion: true,
    equal: true,
  } as const;
  checkOptions('findRemovable', options, names, argumentError);
  const { tolerance = 0, atLeast = 1, criterion = 'reads' } = options;
  checkWeights('findRemovable', weights, layout);
  const dims = options.dims ?? recurrentOnes('findRemovable', layout);
  checkDims('findRemovable', dims, layout);
  const equal = checkEqual('findRemovable', options.equal ?? [], dims, layout);
  if (!(typeof tolerance === 'number' && tolerance >= 0 && tolerance < Infinity)) {
    throw argumentError(
      `findRemovable: expected a finite tolerance of 0 or more, found ${tolerance}; leave it out for exact removal.`,
    );
  }
  checkAtLeast('findRemovable', atLeast);

  const dead = deadComponents('findRemovable', weights, layout, { dims, tolerance, criterion });
  const keep = (sizes: Sizes): Record<string, number[]> =>
    recordOf(dims, (dim) =>
      strongest(dead[dim]!, sizes[dim]!, () => componentStrengths(weights, layout, dim)),
    );
  const sizes = recordOf(dims, (dim) =>
    Math.max(alive(dead[dim]!), Math.min(atLeast, layout.dims[dim]!)),
  );
  const needed = keep(sizes);
  const kept = keep(equalSizes(sizes, equal));
  return {
    kept,
    removed: recordOf(dims, (dim) => others(layout.dims[dim]!, kept[dim]!)),
    padded: recordOf(dims, (dim) => kept[dim]!.filter((index) => !needed[dim]!.includes(index))),
    exact: tolerance === 0,
  };
}
