import type { GroupSet } from '@secateur/groups';
import { checkGroups, checkSlices } from './check-groups.ts';
import { checkNumber } from './check-number.ts';
import { argumentError } from './error.ts';

/*
 * The penalty as the paper states it, over plain arrays in float64. Training computes the same on the backend, by rows and
 * columns (fused-penalty.ts); the tests hold it to this file.
 */

/** Weights by name: shapes with their values in row-major order. */
export type PlainWeights = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>
>;

/** Throws unless arrays are as long as their shapes say, the groups lie inside them, and the numbers are finite and >= 0. */
function check(
  where: string,
  weights: PlainWeights,
  groups: readonly GroupSet[],
  numbers: Readonly<Record<string, number>>,
): void {
  checkGroups(groups, where);
  for (const [name, { shape, data }] of Object.entries(weights)) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (data.length === size) continue;
    throw argumentError(
      `${where}: expected ${size} numbers in weight "${name}" of shape [${shape.join(', ')}], found ${data.length}; check how it was read.`,
    );
  }
  checkSlices(
    groups,
    mapValues(weights, ({ shape }) => shape),
    where,
  );
  for (const [name, value] of Object.entries(numbers)) {
    checkNumber(where, name, value, { least: 0 }, 'give 0 for none');
  }
}

/** Visits every entry `i` of every slice of a set with the component `k` that it belongs to. */
function visit(
  weights: PlainWeights,
  set: GroupSet,
  entry: (weight: string, i: number, k: number, multiplier: number) => void,
): void {
  for (const { weight, axis, start, multiplier } of set.slices) {
    const { shape, data } = weights[weight]!;
    const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    for (let i = 0; i < data.length; i++) {
      const k = (Math.floor(i / stride) % shape[axis]!) - start;
      if (k >= 0 && k < set.count) entry(weight, i, k, multiplier);
    }
  }
}

/**
 * The norm of each component of a set, `[components]`: `||w_g|| = sqrt(epsilon + sum of multiplier * w^2)`. An entry that two
 * slices hold counts twice.
 */
export function groupNorms(weights: PlainWeights, set: GroupSet, epsilon = 0): Float64Array {
  const squares = new Float64Array(set.count).fill(epsilon);
  visit(weights, set, (name, i, k, m) => (squares[k]! += m * weights[name]!.data[i]! ** 2));
  return squares.map(Math.sqrt);
}

/**
 * The penalty that group Lasso adds to the loss: `Omega(w) = lambda * sum over g of ||w_g||`.
 *
 * @throws {@link LassoError} for groups that do not fit the weights, an array that is not as long as its shape says, and a number
 * that is not finite or below 0; so do the other two.
 * @see Wen et al., ICLR 2018, section 3.2
 *
 * @example
 * ```ts
 * import { penalty } from '@secateur/lasso';
 *
 * const weights = { w: { shape: [2, 2], data: [3, 4, 6, 8] } };
 * const slices = [{ weight: 'w', axis: 0, start: 0, multiplier: 1 }];
 * penalty(weights, [{ name: 'rows', count: 2, slices }], 0.5); // => 7.5
 * ```
 */
export function penalty(
  weights: PlainWeights,
  groups: readonly GroupSet[],
  lambda: number,
  epsilon = 0,
): number {
  check('penalty', weights, groups, { lambda, epsilon });
  const norms = groups.flatMap((set) => [...groupNorms(weights, set, epsilon)]);
  return lambda * norms.reduce((a, b) => a + b, 0);
}

/**
 * A subgradient of {@link penalty}: `dOmega/dw = lambda * sum over the g that hold w of w / ||w_g||`, with the `epsilon` under the
 * root that keeps a zero group from dividing by zero; 0 for weights of no group.
 *
 * @see Wen et al., ICLR 2018, section 3.2
 *
 * @example
 * ```ts
 * import { penaltySubgradient } from '@secateur/lasso';
 *
 * const weights = { w: { shape: [2, 2], data: [3, 4, 0, 0] }, bias: { shape: [1], data: [1] } };
 * const slices = [{ weight: 'w', axis: 0, start: 0, multiplier: 1 }];
 * const { w, bias } = penaltySubgradient(weights, [{ name: 'rows', count: 2, slices }], 0.5);
 * w?.map((x) => Math.round(100 * x) / 100); // => [0.3, 0.4, 0, 0]
 * bias; // => [0]
 * ```
 */
export function penaltySubgradient(
  weights: PlainWeights,
  groups: readonly GroupSet[],
  lambda: number,
  epsilon = 1e-8,
): Record<string, Float64Array> {
  check('penaltySubgradient', weights, groups, { lambda, epsilon });
  const gradient = mapValues(weights, ({ data }) => new Float64Array(data.length));
  for (const set of groups) {
    const norms = groupNorms(weights, set, epsilon);
    visit(weights, set, (name, i, k, multiplier) => {
      gradient[name]![i]! += (lambda * multiplier * weights[name]!.data[i]!) / norms[k]!;
    });
  }
  return gradient;
}

/**
 * The proximal step of {@link penalty} by `amount`, learning rate times lambda: block soft thresholding,
 * `w_g <- w_g * max(0, 1 - amount / ||w_g||)`, all norms taken before any weight moves. It is exact for groups that do not overlap;
 * an entry of several groups is multiplied by the factor of each.
 *
 * @see Parikh and Boyd, Proximal Algorithms, 2014, section 6.5.4
 *
 * @example
 * ```ts
 * import { proximalStep } from '@secateur/lasso';
 *
 * // The columns have the norms 5 and 0.5; each loses 1.25.
 * const weights = { w: { shape: [2, 2], data: [3, 0.3, 4, 0.4] } };
 * const slices = [{ weight: 'w', axis: 1, start: 0, multiplier: 1 }];
 * const { w } = proximalStep(weights, [{ name: 'columns', count: 2, slices }], 1.25);
 * w; // => [2.25, 0, 3, 0]
 * ```
 */
export function proximalStep(
  weights: PlainWeights,
  groups: readonly GroupSet[],
  amount: number,
): Record<string, Float64Array> {
  check('proximalStep', weights, groups, { amount });
  const moved = mapValues(weights, ({ data }) => Float64Array.from(data));
  for (const set of groups) {
    const norms = groupNorms(weights, set);
    visit(weights, set, (name, i, k, multiplier) => {
      moved[name]![i]! *= Math.max(
        0,
        1 - (amount * multiplier) / Math.max(norms[k]!, Number.MIN_VALUE),
      );
    });
  }
  return moved;
}

function mapValues<T>(
  weights: PlainWeights,
  of: (weight: PlainWeights[string]) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, of(weight)]));
}
