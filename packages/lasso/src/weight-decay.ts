import { add, fill, type Rank, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { RowColumnFactors } from '@secateur/backend/kernels';

/**
 * Adds an L2 penalty to the factors of a weight's rows and columns, whose sum times the weight is added to its gradient:
 * that of `decay / 2 * sum of w^2` is `decay * w`. So it costs no pass over the weight of its own.
 */
export function withDecay(
  weight: Tensor,
  factors: RowColumnFactors | undefined,
  decay: number,
): RowColumnFactors | undefined {
  if (decay === 0) return factors;
  const { rows, columns } = factors ?? {};
  if (rows !== undefined) return { rows: add<Tensor1D>(rows, decay), columns };
  if (columns !== undefined) return { columns: add<Tensor1D>(columns, decay) };
  // The last axis has the columns; a scalar is read as one of them.
  return { columns: fill<Rank.R1>([weight.shape.at(-1) ?? 1], decay) };
}
