import { reshape, tidy, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import {
  checkInputs,
  sparseSoftmaxCrossEntropy,
  type InputContract,
} from '@secateur/backend/kernels';
import { callerOf } from './check.ts';

const contract: InputContract = {
  inputs: { logits: ['...positions', 'classes'], labels: ['...positions'] },
  indices: { labels: 'classes' },
};
const caller = callerOf('softmaxCrossEntropy');

/**
 * Softmax cross-entropy at every position, in nats: `log(sum_j exp(logits[..., j])) - logits[..., label]`. `logits` are
 * `[..., classes]`, `labels` int32 of the same shape without the last axis, and so is the result. No one-hot of the
 * classes is built. Perplexity is `exp` of the mean; the paper's training loss is the sum over time and the mean over
 * the batch, which is what its lambda is tuned for.
 *
 * @example
 * ```ts
 * import { mean, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { softmaxCrossEntropy } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // Logits that find ten words alike, at each of two steps.
 * const loss = tidy(() => {
 *   const labels = tensor2d([[3, 9]], [1, 2], 'int32');
 *   return mean(softmaxCrossEntropy(zeros([1, 2, 10]), labels)).dataSync()[0]!;
 * });
 * Math.exp(loss).toFixed(2); // => 10.00
 * ```
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  checkInputs(caller, contract, { logits, labels });
  return tidy(() => {
    const rows = reshape<Rank.R2>(logits, [labels.size, logits.shape.at(-1)!]);
    const losses = sparseSoftmaxCrossEntropy(rows, reshape<Rank.R1>(labels, [labels.size]));
    return reshape(losses, labels.shape);
  });
}
