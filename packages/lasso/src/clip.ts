import {
  add,
  addN,
  div,
  maximum,
  mul,
  sqrt,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { groupSquaredNorms } from '@whittle/backend';
import { LassoError } from './error.ts';
import { tidyAll, type NamedTensor } from './named-tensor.ts';

/** What {@link clipByGlobalNorm} returns; the caller disposes all of it. */
export interface Clipped {
  /** New tensors of the same names, in the same order; an entry without a tensor stays without. */
  readonly gradients: NamedTensor[];
  /** Scalar: the global norm before the clip, `sqrt(sum of all squares)`. */
  readonly norm: Scalar;
}

/**
 * Multiplies all gradients by `clipNorm / max(norm, clipNorm)`, where `norm` is the root of the sum of all their
 * squares. A norm that is NaN, infinite or beyond single precision (1.8e19) turns every gradient into NaN, so that a
 * divergence is seen and never becomes a step of zeros.
 */
export function clipByGlobalNorm(gradients: readonly NamedTensor[], clipNorm: number): Clipped {
  if (!(clipNorm > 0 && clipNorm < Infinity)) {
    throw new LassoError(
      `clipByGlobalNorm: expected a finite norm > 0, found ${String(clipNorm)}; to clip nothing, do not call it.`,
    );
  }
  const present = gradients.filter(({ tensor }) => hasTensor(tensor));
  if (present.length === 0) {
    throw new LassoError(
      'clipByGlobalNorm: expected at least one gradient, found none; pass those of the step.',
    );
  }
  return tidyAll(() => {
    const norm = sqrt(addN(present.map(({ tensor }) => sumOfSquares(tensor)))) as Scalar;
    const scale = add(div(clipNorm, maximum(norm, clipNorm)), sub(norm, norm));
    return {
      gradients: gradients.map(({ name, tensor }) => ({
        name,
        tensor: hasTensor(tensor) ? mul(tensor, scale) : tensor,
      })),
      norm,
    };
  });
}

/** Sum of squares of all entries, by way of the shortest axis. */
function sumOfSquares(x: Tensor): Scalar {
  return tidy(() => {
    if (x.rank === 0) return mul(x, x) as Scalar;
    const shortest = x.shape.indexOf(Math.min(...x.shape));
    return sum(groupSquaredNorms(x, [shortest])[0]!);
  });
}

// tfjs types a gradient as always there; `minimize` with a list of variables passes undefined for those without one.
function hasTensor(tensor: Tensor | null | undefined): boolean {
  return tensor !== null && tensor !== undefined;
}
