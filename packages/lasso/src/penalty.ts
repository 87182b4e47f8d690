import {
  add,
  div,
  maximum,
  mul,
  relu,
  sqrt,
  sub,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import type { LineFactors } from '@whittle/backend';
import {
  addAll,
  perLine,
  perPlace,
  squaredComponentNorms,
  type WeightOf,
} from './component-norms.ts';
import type { UploadedPlan } from './group-plan.ts';

// Far below any norm of weights, far above what single precision can no longer divide by.
const tiny = 1e-30;

/**
 * Returns, for each penalised weight, the factors of its rows and columns; their sum times the weight is the gradient of
 * `lambda * sum_k sqrt(S_k + epsilon)`: `lambda * w * sum over the slices that hold it of
 * multiplier / sqrt(S_k + epsilon)`. Diagonal entries lie in a row and a column slice, so they count twice.
 */
export function penaltyFactors(
  plan: UploadedPlan,
  weightOf: WeightOf,
  lambda: number,
  epsilon: number,
): Map<string, LineFactors> {
  const norms = sqrt(add(squaredComponentNorms(plan, weightOf), epsilon));
  const perComponent = div<Tensor1D>(lambdas(plan, lambda), norms);
  const places = addAll(perPlace(plan, perComponent)) as Tensor1D;
  return perLine(plan, places, add);
}

/**
 * Returns, for each penalised weight, the factors of its rows and columns whose product with the weight is the proximal
 * step: each slice is multiplied by `max(0, 1 - eta * lambda * multiplier / ||w_g||)`, all norms taken before any
 * weight moves. That is the exact proximal operator for groups without overlap; for overlapping groups (ISS) it is
 * the product of the groups' operators, an approximation that still zeroes a group of norm <= eta * lambda exactly.
 */
export function shrinkFactors(
  plan: UploadedPlan,
  weightOf: WeightOf,
  lambda: number,
  stepSize: number,
): Map<string, LineFactors> {
  const norms = sqrt(squaredComponentNorms(plan, weightOf));
  const safe = div(lambdas(plan, lambda * stepSize), maximum(norms, tiny));
  // The difference is 0 for a finite norm and NaN for any other: a divergence must not look like a dead group.
  const ratios = add<Tensor1D>(safe, sub(norms, norms));
  const shrunk = perPlace(plan, ratios).map((ratio) => add(relu(sub(1, ratio)), sub(ratio, ratio)));
  return perLine(plan, shrunk.reduce((a, b) => mul(a, b)) as Tensor1D, mul);
}

/** `lambda` for every component, a scalar or `[components]`. */
function lambdas(plan: UploadedPlan, lambda: number): Tensor | number {
  return plan.lambdaFactors === undefined ? lambda : mul(plan.lambdaFactors, lambda);
}
