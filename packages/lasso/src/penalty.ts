import {
  add,
  div,
  maximum,
  mul,
  relu,
  sqrt,
  sub,
  tidy,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import {
  addAll,
  perAxis,
  perPlace,
  squaredComponentNorms,
  type WeightOf,
} from './component-norms.ts';
import type { UploadedPlan } from './group-plan.ts';

// Far below any norm of weights, far above what single precision can no longer divide by.
const tiny = 1e-30;

/**
 * Returns, for each penalised weight and each of its axes, the factors whose broadcast sum times the weight is the
 * gradient of `lambda * sum_k sqrt(S_k + epsilon)`: `lambda * w * sum over the slices that hold it of
 * multiplier / sqrt(S_k + epsilon)`. Diagonal entries lie in a row and a column slice, so they count twice.
 */
export function penaltyFactors(
  plan: UploadedPlan,
  weightOf: WeightOf,
  lambda: number,
  epsilon: number,
): Map<string, Tensor[]> {
  const norms = sqrt(add(squaredComponentNorms(plan, weightOf), epsilon));
  const perComponent = div<Tensor1D>(lambdas(plan, lambda), norms);
  const places = addAll(perPlace(plan, perComponent)) as Tensor1D;
  return perAxis(plan, places);
}

/** Adds the penalty's gradient to `gradient`; three passes over a weight with two penalised axes. */
export function addPenalty(gradient: Tensor, weight: Tensor, factors: readonly Tensor[]): Tensor {
  return tidy(() => add(gradient, mul(weight, addAll(factors))));
}

/**
 * Returns, for each penalised weight and each of its axes, the factors whose product with the weight is the proximal
 * step: each slice is multiplied by `max(0, 1 - eta * lambda * multiplier / ||w_g||)`, all norms taken before any
 * weight moves. That is the exact proximal operator for groups without overlap; for overlapping groups (ISS) it is
 * the product of the groups' operators, an approximation that still zeroes a group of norm <= eta * lambda exactly.
 */
export function shrinkFactors(
  plan: UploadedPlan,
  weightOf: WeightOf,
  lambda: number,
  stepSize: number,
): Map<string, Tensor[]> {
  const norms = sqrt(squaredComponentNorms(plan, weightOf));
  const safe = div(lambdas(plan, lambda * stepSize), maximum(norms, tiny));
  // The difference is 0 for a finite norm and NaN for any other: a divergence must not look like a dead group.
  const ratios = add<Tensor1D>(safe, sub(norms, norms));
  const shrunk = perPlace(plan, ratios).map((ratio) => add(relu(sub(1, ratio)), sub(ratio, ratio)));
  return perAxis(plan, shrunk.reduce((a, b) => mul(a, b)) as Tensor1D);
}

/** Multiplies a weight by its factors; adding 0 turns the -0 of a removed negative entry into 0. */
export function shrink(weight: Tensor, factors: readonly Tensor[]): Tensor {
  return tidy(() =>
    add(
      factors.reduce((product, factor) => mul(product, factor), weight),
      0,
    ),
  );
}

/** `lambda` for every component, a scalar or `[components]`. */
function lambdas(plan: UploadedPlan, lambda: number): Tensor | number {
  return plan.lambdaFactors === undefined ? lambda : mul(plan.lambdaFactors, lambda);
}
