import {
  componentsToRemove,
  equalSizes,
  rankComponents,
  resolveGoals,
  type CostTarget,
  type Goal,
  type Layout,
  type Sizes,
  type Weights,
} from '@secateur/groups';
import { checkOptions, type OptionNames } from '@secateur/input';
import { checkWeights } from './check-weights.ts';
import { alive, deadComponents } from './dead-components.ts';
import { checkAtLeast, checkDims, recordOf, recurrentOnes } from './dims.ts';
import { checkEqual } from './equal-dims.ts';
import { type PrunerError, argumentError } from './pruner-error.ts';
import { componentStrengths, others, strongest } from './strongest.ts';
import type { Kept } from './types.ts';

/** Settings of {@link chooseKept}: one of `macs`, `parameters`, `bytes` and `units`, and how to get there. */
export interface ChooseKeptOptions extends CostTarget {
  /** Dimensions that may lose components; default the recurrent ones. Others are never touched. */
  readonly dims?: readonly string[];
  /**
   * Sizes become multiples of it, such as 4 for kernels that compute four numbers at once; default 1. A dimension that loses
   * nothing keeps its size.
   */
  readonly roundTo?: number;
  /**
   * Components to keep in each dimension; default 1. With 0 a whole layer may go when nothing reads any of it; of a layer
   * that is read one component stays.
   */
  readonly atLeast?: number;
  /**
   * The norm of every component, by dimension: those of small norm go first. Default their norms in these weights, as
   * {@link componentStrengths} computes them.
   */
  readonly norms?: Readonly<Record<string, ArrayLike<number>>>;
}

/** The names of {@link ChooseKeptOptions}. */
const names: OptionNames<ChooseKeptOptions> = {
  macs: true,
  parameters: true,
  bytes: true,
  units: true,
  equal: true,
  dims: true,
  roundTo: true,
  atLeast: true,
  norms: true,
};

/** What {@link chooseKept} chooses. */
export interface ChosenKept {
  /** Indices to keep, ascending, for each dimension in `dims`. */
  readonly kept: Kept;
  /** Indices that go, ascending, for each dimension in `dims`. */
  readonly removed: Record<string, number[]>;
  /** Whether removal leaves every output as it is; false when anything goes that some weight reads. */
  readonly exact: boolean;
  /** What the network costs. */
  readonly cost: KeptCost;
}

/** What a network costs before and after a choice; with `units` the sizes of the named dimensions, added up. */
export interface KeptCost {
  /** What is counted: multiply-adds, parameters, bytes, or components of dimensions. */
  readonly unit: string;
  /** The cost of the network as it is. */
  readonly before: number;
  /** The cost of what is kept. */
  readonly after: number;
  /** The cost that was not to be exceeded. */
  readonly target: number;
}

/**
 * Chooses what to keep of a network that costs too much, also of one that was not trained to lose components.
 *
 * Components that nothing reads go first. If that is not enough, all others are ranked by their norm for what each costs in
 * that network, and the least go until the target is met. It is an approximation then, and `exact` is false. Of components of
 * one norm in a dimension those of lower index stay. The cost is never above the target, and below it by less than the last
 * step: a component, or as many as `roundTo` and `equal` tie together.
 *
 * @throws {@link PrunerError} for a value out of range, and for a target that cannot be met; that names the nearest one.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 * import { chooseKept } from '@secateur/pruner';
 *
 * const layout = parseLayout('dims h = 3 \n rnn  h -> h \n out  h -> 1');
 * const weights = {
 *   rnn: { shape: [3, 3], data: Float32Array.of(0.5, 0, 0, 0, 0.1, 0, 0, 0, 0.9) },
 *   out: { shape: [3, 1], data: Float32Array.of(1, 1, 1) },
 * };
 * const { kept, exact, cost } = chooseKept(weights, layout, { macs: 0.5 });
 * kept; // => { h: [0, 2] }
 * exact; // => false
 * cost; // => { unit: 'multiply-adds', before: 12, after: 6, target: 6 }
 * ```
 */
export function chooseKept(
  weights: Weights,
  layout: Layout,
  options: ChooseKeptOptions,
): ChosenKept {
  checkOptions('chooseKept', options, names, argumentError);
  const { roundTo = 1, atLeast = 1 } = options;
  checkWeights('chooseKept', weights, layout);
  const dims = options.dims ?? recurrentOnes('chooseKept', layout);
  checkDims('chooseKept', dims, layout);
  const equal = checkEqual('chooseKept', options.equal ?? [], dims, layout);
  checkAtLeast('chooseKept', atLeast);
  if (!Number.isInteger(roundTo) || roundTo < 1) {
    throw bad('roundTo as a whole number of 1 or more', String(roundTo), 'leave it out for any');
  }
  const norms = recordOf(dims, (dim) => normsOf(dim, options.norms, weights, layout));

  const dead = deadComponents('chooseKept', weights, layout, {
    ...{ dims, tolerance: 0, criterion: 'reads' },
  });
  /** The sizes that can be kept instead of these: no smaller, and as large as `atLeast`, `roundTo` and `equal` make them. */
  const fitted = (sizes: Sizes): Sizes =>
    equalSizes(
      recordOf(dims, (dim) => {
        const size = Math.max(sizes[dim]!, atLeast);
        return Math.min(Math.ceil(size / roundTo) * roundTo, layout.dims[dim]!);
      }),
      equal,
    );
  const living = recordOf(dims, (dim) => alive(dead[dim]!));
  const exactSizes = fitted(living);
  const goals = resolveGoals(
    { ...options, equal },
    {
      ...{ layout, dims, which: 'in dims', more: 'name more dimensions in dims', error: bad },
      fewest: fitted(recordOf(dims, (dim) => Math.min(living[dim]!, 1))),
    },
  );
  const left = { ...living };
  for (const goal of goals) {
    // What is tied together saves nothing until all of it has gone; what it is worth does not depend on that.
    const tied: Goal = { ...goal, cost: (sizes) => goal.cost(fitted(sizes)) };
    const ranked = rankComponents(goal, exactSizes, norms, (dim, index) => dead[dim]![index] === 0);
    for (const { dim } of componentsToRemove(tied, ranked, living)) left[dim]!--;
  }
  const sizes = fitted(left);
  const kept = recordOf(dims, (dim) => strongest(dead[dim]!, sizes[dim]!, () => norms[dim]!));
  const removed = recordOf(dims, (dim) => others(layout.dims[dim]!, kept[dim]!));
  return {
    ...{ kept, removed },
    exact: dims.every((dim) => removed[dim]!.every((index) => dead[dim]![index] === 1)),
    cost: costOf(goals, sizes),
  };
}

function costOf(goals: readonly Goal[], sizes: Sizes): KeptCost {
  const sum = (of: (goal: Goal) => number): number =>
    goals.reduce((total, goal) => total + of(goal), 0);
  return {
    unit: goals.map(({ unit }) => unit).join(' and '),
    before: sum(({ whole }) => whole),
    after: sum((goal) => goal.cost(sizes)),
    target: sum(({ target }) => target),
  };
}

/** The norms of a dimension, which must be finite: others have no order. */
function normsOf(
  dim: string,
  callerNorms: ChooseKeptOptions['norms'],
  weights: Weights,
  layout: Layout,
): ArrayLike<number> {
  const size = layout.dims[dim]!;
  if (callerNorms !== undefined && callerNorms[dim]?.length !== size) {
    throw bad(
      `norms of the ${size} components of "${dim}"`,
      String(callerNorms[dim]?.length ?? 'none'),
      'leave norms out to take those of the weights',
    );
  }
  const norms = callerNorms?.[dim] ?? componentStrengths(weights, layout, dim);
  const wrong = Array.from(norms).findIndex((norm) => !(norm >= 0 && norm < Infinity));
  if (wrong < 0) return norms;
  throw bad(
    'finite norms of 0 or more',
    `${norms[wrong]} for component ${wrong} of "${dim}"`,
    callerNorms === undefined
      ? 'check the weights: was their training stopped by NaN?'
      : 'correct it',
  );
}

function bad(expected: string, found: string, advice: string): PrunerError {
  return argumentError(`chooseKept: expected ${expected}, found ${found}; ${advice}.`);
}
