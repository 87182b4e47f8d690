import {
  add,
  div,
  equal,
  logSoftmax,
  mul,
  reshape,
  softmax,
  sub,
  sum,
  where,
  zerosLike,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkAttributes } from './check-attributes.ts';
import { checkInputs, type Caller } from './check.ts';
import { contracts } from './contract.ts';
import {
  checkedCrossEntropy,
  checkLabels,
  composedSparseSoftmaxCrossEntropy,
  composedSparseSoftmaxCrossEntropyGrad,
} from './cross-entropy.ts';
import { runFused, type FusedKernel } from './registry.ts';

/** How the two losses of distillation are put together. */
export interface DistillationAttributes {
  /** Part of the loss that comes from the teacher, from 0 to 1. */
  readonly share: number;
  /** What the logits of both networks are divided by before the softmax of the teacher's part. */
  readonly temperature: number;
}

/**
 * `DistilledCrossEntropy` from ordinary operations. The teacher's part is `-sum_j q_j log p_j` of the two softmaxes at
 * temperature `T`, times `T^2`, so that its gradient keeps its size when `T` changes (Hinton et al. 2015).
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedDistilledCrossEntropy } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const [logits, teacher] = [tensor2d([[0, 0]]), tensor2d([[0, 1000]])];
 * const inputs = { logits, teacher, labels: tensor1d([0], 'int32') };
 * const run = () => composedDistilledCrossEntropy(inputs, { share: 1, temperature: 1 });
 * // With a share of 1 the label does not count.
 * tidy(() => run()[1].dataSync()); // => [0.5, -0.5]
 * ```
 */
export function composedDistilledCrossEntropy(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [loss: Tensor1D, slopes: Tensor2D] {
  const { logits, teacher, labels } = inputs as {
    logits: Tensor2D;
    teacher: Tensor2D;
    labels: Tensor1D;
  };
  const { share, temperature } = attributes as unknown as DistillationAttributes;
  const [labelLoss, probabilities] = composedSparseSoftmaxCrossEntropy({ logits, labels });
  const dy = add(zerosLike(labelLoss), 1 - share) as Tensor1D;
  const [labelSlopes] = composedSparseSoftmaxCrossEntropyGrad({ dy, probabilities, labels });
  const scaled = div<Tensor2D>(logits, temperature);
  const soft = softmax(div<Tensor2D>(teacher, temperature));
  const products = mul(soft, logSoftmax(scaled));
  // A class that the teacher rules out costs nothing, also where the student rules it out: 0 * -Infinity is NaN.
  const costs = where(equal(soft, 0), zerosLike(products), products);
  const teacherLoss = mul(sum(costs, 1), -share * temperature ** 2);
  const teacherSlopes = mul(sub(softmax(scaled), soft), share * temperature);
  // Zero times the infinite loss of a label that the student rules out would be NaN.
  const loss = share === 1 ? teacherLoss : add(mul(labelLoss, 1 - share), teacherLoss);
  return [loss as Tensor1D, add<Tensor2D>(labelSlopes, teacherSlopes)];
}

const caller: Caller = { name: 'distilledCrossEntropy', failure: argumentError };
const kernel: FusedKernel = {
  name: 'DistilledCrossEntropy',
  composed: composedDistilledCrossEntropy,
  gradient: {
    inputsToSave: [],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const dy = dys as Tensor;
      const [slopes] = saved as Tensor[];
      const [rows] = slopes!.shape as [number, number];
      return { logits: () => mul(slopes!, reshape(dy, [rows, 1])) };
    },
  },
  onlySaved: 1,
};

/**
 * Cross-entropy of each row, part from its integer label and part from the probabilities of a teacher, in nats:
 * `(1 - share) * CE(label, softmax(logits)) + share * T^2 * CE(softmax(teacher / T), softmax(logits / T))` with the
 * temperature `T` (Hinton, Vinyals and Dean 2015, arXiv:1503.02531). A part whose share is 0 is left out, also where it is infinite
 * or NaN. `logits` and `teacher` are `[rows, classes]` float32,
 * `labels` `[rows]` int32; the loss is `[rows]`. The gradient goes to `logits` alone. One more `[rows, classes]` beside the two
 * is kept for it.
 *
 * @throws BackendError when shapes or dtypes do not fit, when `share` or `temperature` is out of its range and, on
 * cpu, wasm and node, when a label is not in `0 .. classes - 1`.
 *
 * @example
 * ```ts
 * import { grad, tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { distilledCrossEntropy } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * // The teacher is sure of class 1, the label says class 0.
 * const [teacher, labels] = [tensor2d([[0, 1000]]), tensor1d([0], 'int32')];
 * const settings = { share: 0.75, temperature: 1 };
 * const slopes = grad((x) => distilledCrossEntropy(x as Tensor2D, teacher, labels, settings));
 * // 0.25 * [-0.5, 0.5] from the label, 0.75 * [0.5, -0.5] from the teacher.
 * tidy(() => slopes(tensor2d([[0, 0]])).dataSync()); // => [0.25, -0.25]
 * ```
 */
export function distilledCrossEntropy(
  logits: Tensor2D,
  teacher: Tensor2D,
  labels: Tensor1D,
  { share, temperature }: DistillationAttributes,
): Tensor1D {
  checkInputs(caller, contracts.DistilledCrossEntropy, { logits, teacher, labels });
  checkAttributes(caller, contracts.DistilledCrossEntropy, { share, temperature });
  checkLabels(caller, labels, logits);
  // Zero times what the teacher says would be NaN where that is NaN.
  if (share === 0) return checkedCrossEntropy(logits, labels);
  return runFused(kernel, { logits, teacher, labels }, { share, temperature })[0] as Tensor1D;
}
