import { reshape, tidy, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { checkInputs, distilledCrossEntropy, type InputContract } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { callerOf } from './check.ts';
import { argumentError } from './error.ts';

const contract: InputContract = {
  inputs: {
    logits: ['...positions', 'classes'],
    teacherLogits: ['...positions', 'classes'],
    labels: ['...positions'],
  },
  indices: { labels: 'classes' },
};
const caller = callerOf('distillation');

/** Options of {@link distillation}. */
export interface DistillationOptions {
  /** Part of the loss that comes from the teacher, from 0 to 1; default 0.5. */
  readonly share?: number;
  /** What the logits of both networks are divided by before the softmax of the teacher's part; default 1. */
  readonly temperature?: number;
}

/**
 * Softmax cross-entropy at every position, part from the label and part from a teacher's probabilities, in nats:
 * `(1 - share) * CE(label, softmax(logits)) + share * T^2 * CE(softmax(teacher / T), softmax(logits / T))` with the
 * temperature `T` (Hinton, Vinyals and Dean 2015, arXiv:1503.02531). `logits` and `teacherLogits` are `[..., classes]`,
 * `labels` int32 of the same shape without the last axis, and so is the result. The gradient goes to `logits` alone: compute
 * the teacher's outside of the function that is differentiated, so that nothing of it is kept for a gradient.
 *
 * @throws {@link CellError} when shapes or dtypes do not fit, and a `BackendError` when `share` or `temperature` is out of range.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { distillation } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // The label says class 1, which costs 100; the teacher says class 0, which costs nothing.
 * const losses = tidy(() => {
 *   const [student, teacher] = [tensor2d([[100, 0]]), tensor2d([[200, 0]])];
 *   return distillation(student, teacher, tensor1d([1], 'int32'), { share: 0.25 }).arraySync();
 * });
 * losses; // => [75]
 * ```
 */
export function distillation(
  logits: Tensor,
  teacherLogits: Tensor,
  labels: Tensor,
  options: DistillationOptions = {},
): Tensor {
  checkOptions('distillation', options, { share: true, temperature: true }, argumentError);
  const { share = 0.5, temperature = 1 } = options;
  checkInputs(caller, contract, { logits, teacherLogits, labels });
  return tidy(() => {
    const rows = (x: Tensor) => reshape<Rank.R2>(x, [labels.size, logits.shape.at(-1)!]);
    const losses = distilledCrossEntropy(
      rows(logits),
      rows(teacherLogits),
      reshape<Rank.R1>(labels, [labels.size]),
      { share, temperature },
    );
    return reshape(losses, labels.shape);
  });
}
