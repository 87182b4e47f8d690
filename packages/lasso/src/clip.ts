import {
  add,
  addN,
  div,
  maximum,
  mul,
  sqrt,
  sub,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { penalizedSquaredNorm } from '@secateur/backend/kernels';
import { checkNumber } from './check-number.ts';
import { argumentError } from './error.ts';
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
 *
 * @example
 * ```ts
 * import { dispose, tensor1d } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { clipByGlobalNorm } from '@secateur/lasso';
 *
 * await useBackend('cpu');
 *
 * const [a, b] = [tensor1d([3]), tensor1d([0, 4])];
 * const list = [
 *   { name: 'a', tensor: a },
 *   { name: 'b', tensor: b },
 * ];
 * const { gradients, norm } = clipByGlobalNorm(list, 2.5);
 * norm.arraySync(); // => 5
 * gradients.map(({ tensor }) => tensor.arraySync()); // => [[1.5], [0, 2]]
 * dispose([a, b, norm, ...gradients.map(({ tensor }) => tensor)]);
 * ```
 */
export function clipByGlobalNorm(gradients: readonly NamedTensor[], clipNorm: number): Clipped {
  const advice = 'to clip nothing, do not call it';
  checkNumber('clipByGlobalNorm', 'the norm', clipNorm, { above: 0 }, advice);
  const present = gradients.filter(({ tensor }) => hasTensor(tensor));
  if (present.length === 0) {
    throw argumentError(
      'clipByGlobalNorm: expected at least one gradient, found none; pass those of the step.',
    );
  }
  return tidyAll(() => {
    const squares = present.map(({ tensor }) => penalizedSquaredNorm({ gradient: tensor }));
    const { norm, scale } = clipScale(squares, clipNorm);
    return {
      gradients: gradients.map(({ name, tensor }) => ({
        name,
        tensor: hasTensor(tensor) ? mul(tensor, scale) : tensor,
      })),
      norm,
    };
  });
}

/** The global norm from the sums of squares of all gradients, and what the clip multiplies each of them by. */
export function clipScale(
  squares: readonly Scalar[],
  clipNorm: number,
): { norm: Scalar; scale: Scalar } {
  const norm = sqrt<Scalar>(addN([...squares]));
  // The difference is 0 for a finite norm and NaN for any other.
  return { norm, scale: add(div(clipNorm, maximum(norm, clipNorm)), sub(norm, norm)) };
}

// tfjs types a gradient as always there; `minimize` with a list of variables passes undefined for those without one.
function hasTensor(tensor: Tensor | null | undefined): boolean {
  return tensor !== null && tensor !== undefined;
}
