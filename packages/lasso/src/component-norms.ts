import { concat, tidy, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { componentSquares, groupSquaredNorms } from '@secateur/backend/kernels';
import type { UploadedPlan } from './group-plan.ts';

/** A trained weight by its name. */
export type WeightOf = (name: string) => Tensor;

/** The sums of squares of all slices of a plan, `[slices]`. */
export function sliceSquares(plan: UploadedPlan, weightOf: WeightOf): Tensor1D {
  return concat(plan.weights.flatMap(({ name, axes }) => groupSquaredNorms(weightOf(name), axes)));
}

/**
 * Computes `S_k`, the sum over the slices of component `k` of multiplier times sum of squares, for the components of
 * all sets. An entry that lies in two slices of a component (the recurrent diagonal) counts twice, as in the
 * original code. Returns `[components]`.
 */
export function squaredComponentNorms(plan: UploadedPlan, weightOf: WeightOf): Tensor1D {
  return tidy(() => componentSquares(sliceSquares(plan, weightOf), plan));
}
