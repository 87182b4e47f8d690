import {
  add,
  broadcastTo,
  mul,
  reshape,
  split,
  type Rank,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { penaltyFactors, type RowColumnFactors, type PenaltyRule } from '@secateur/backend/kernels';
import { sliceSquares, type WeightOf } from './component-norms.ts';
import type { UploadedPlan } from './group-plan.ts';

/**
 * Returns, for each penalized weight, the factors of its rows and columns; their sum times the weight is the gradient of
 * `lambda * sum_k sqrt(S_k + epsilon)`: `lambda * w * sum over the slices that hold it of
 * multiplier / sqrt(S_k + epsilon)`. Diagonal entries lie in a row and a column slice, so they count twice.
 */
export function subgradientFactors(
  plan: UploadedPlan,
  weightOf: WeightOf,
  lambda: number,
  epsilon: number,
): Map<string, RowColumnFactors> {
  const slices = factorsOf(plan, weightOf, { rule: 'subgradient', lambda, epsilon });
  return splitByWeight(plan, slices, add);
}

/**
 * Returns, for each penalized weight, the factors of its rows and columns whose product with the weight is the proximal
 * step by `amount`, eta * lambda: each slice is multiplied by `max(0, 1 - amount * multiplier / ||w_g||)`, all norms
 * taken before any weight moves. That is the exact proximal operator for groups without overlap; for overlapping groups
 * (ISS) it is the product of the groups' operators, an approximation that still zeroes a group of norm <= amount exactly.
 */
export function softThresholdFactors(
  plan: UploadedPlan,
  weightOf: WeightOf,
  amount: number,
): Map<string, RowColumnFactors> {
  const settings = { rule: 'proximal', lambda: amount, epsilon: 0 } as const;
  return splitByWeight(plan, factorsOf(plan, weightOf, settings), mul);
}

/** The factor of every slice of a plan, `[slices]`. */
function factorsOf(plan: UploadedPlan, weightOf: WeightOf, settings: PenaltyRule): Tensor1D {
  const { sources, sourceFactors, targets, targetFactors, weighting } = plan;
  const squares = sliceSquares(plan, weightOf);
  return penaltyFactors(
    { squares, sources, sourceFactors, targets, targetFactors, weighting },
    settings,
  );
}

/**
 * Cuts a vector over all slices into the factors of each weight's rows and columns. The last axis of a weight has the
 * columns; where several of the axes before it have factors, those of a row are combined.
 */
function splitByWeight(
  plan: UploadedPlan,
  slices: Tensor1D,
  combine: (a: Tensor, b: Tensor) => Tensor,
): Map<string, RowColumnFactors> {
  const parts = split<Tensor1D>(slices, [...plan.splitSizes]);
  let next = 0;
  return new Map(
    plan.weights.map(({ name, shape, axes }) => {
      const known = axes.map((axis) => ({ axis, factors: parts[next++]! }));
      const last = shape.length - 1;
      const columns = known.find(({ axis }) => axis === last)?.factors;
      const before = known.filter(({ axis }) => axis !== last);
      if (before.length === 0) return [name, { columns }];
      // Of a matrix, the usual case, the factors are there as they are.
      if (last === 1) return [name, { rows: before[0]!.factors, columns }];
      return [name, { rows: rowFactorsOf(before, shape.slice(0, -1), combine), columns }];
    }),
  );
}

/** One factor for each row of a weight whose rows are the axes `sizes`, from factors of some of these axes. */
function rowFactorsOf(
  known: readonly { readonly axis: number; readonly factors: Tensor1D }[],
  sizes: readonly number[],
  combine: (a: Tensor, b: Tensor) => Tensor,
): Tensor1D {
  const spread = known.map(({ axis, factors }) =>
    reshape(
      factors,
      sizes.map((size, i) => (i === axis ? size : 1)),
    ),
  );
  const rows = broadcastTo(
    spread.reduce((a, b) => combine(a, b)),
    [...sizes],
  );
  return reshape<Rank.R1>(rows, [-1]);
}
