import {
  add,
  gather,
  log,
  max,
  mul,
  range,
  reshape,
  softmax,
  sub,
  tensorScatterUpdate,
  type NamedTensorMap,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { readsAtOnce } from '../reads-at-once.ts';
import { argumentError } from '../backend-error.ts';
import { checkInputs, type Caller } from './check.ts';
import { contracts } from './contract.ts';
import { gradientKernel } from './gradient-kernel.ts';
import { runFused, type FusedKernel } from './registry.ts';

/**
 * `SparseSoftmaxCrossEntropy` from ordinary operations. The loss `log(sum_j exp(l_j)) - l_label` is
 * `max(l) - l_label - log(max(p))`, as the largest probability is `1 / sum_j exp(l_j - max(l))`: no second exponential
 * over the classes, and finite when the label's own probability underflows.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedSparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const inputs = { logits: tensor2d([[0, 1000]]), labels: tensor1d([0], 'int32') };
 * const run = () => composedSparseSoftmaxCrossEntropy(inputs).map((each) => each.dataSync());
 * // The loss and the probabilities.
 * tidy(run); // => [[1000], [0, 1]]
 * ```
 */
export function composedSparseSoftmaxCrossEntropy(
  inputs: NamedTensorMap,
): [loss: Tensor1D, probabilities: Tensor2D] {
  const { logits, labels } = inputs as { logits: Tensor2D; labels: Tensor1D };
  const probabilities = softmax(logits);
  const atLabels = gather(reshape(logits, [-1]), labelPositions(labels, logits.shape[1]));
  const loss = sub<Tensor1D>(sub(max(logits, 1), atLabels), log(max(probabilities, 1)));
  return [loss, probabilities];
}

/**
 * `SparseSoftmaxCrossEntropyGrad` from ordinary operations: `dy * p`, less `dy` at the labels.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedSparseSoftmaxCrossEntropyGrad } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const probabilities = tensor2d([[0.25, 0.75]]);
 * const inputs = { dy: tensor1d([2]), probabilities, labels: tensor1d([0], 'int32') };
 * tidy(() => composedSparseSoftmaxCrossEntropyGrad(inputs)[0].dataSync()); // => [-1.5, 1.5]
 * ```
 */
export function composedSparseSoftmaxCrossEntropyGrad(inputs: NamedTensorMap): [dlogits: Tensor2D] {
  const { dy, probabilities, labels } = inputs as {
    dy: Tensor1D;
    probabilities: Tensor2D;
    labels: Tensor1D;
  };
  const [rows, classes] = probabilities.shape;
  const positions = labelPositions(labels, classes);
  const scaled = reshape(mul(probabilities, reshape(dy, [rows, 1])), [-1]);
  const atLabels = sub(gather(scaled, positions), dy);
  const flat = tensorScatterUpdate(scaled, reshape(positions, [rows, 1]), atLabels);
  return [reshape(flat, [rows, classes])];
}

/** Positions of the labels' entries in `[rows, classes]` read as one list. */
function labelPositions(labels: Tensor1D, classes: number): Tensor1D {
  const rows = labels.shape[0];
  return add(labels, range(0, rows * classes, classes, 'int32'));
}

const gradient = gradientKernel({
  backward: {
    name: 'SparseSoftmaxCrossEntropyGrad',
    composed: composedSparseSoftmaxCrossEntropyGrad,
  },
  upstream: ['dy'],
  inputs: ['labels'],
  outputs: [undefined, 'probabilities'],
  gradients: ['logits'],
});

const caller: Caller = { name: 'sparseSoftmaxCrossEntropy', failure: argumentError };
const forward: FusedKernel = {
  name: 'SparseSoftmaxCrossEntropy',
  composed: composedSparseSoftmaxCrossEntropy,
  gradient,
  onlySaved: 1,
};

/**
 * Softmax cross-entropy of each row from its integer label, `log(sum_j exp(logits[n, j])) - logits[n, labels[n]]`, in
 * nats, without a one-hot of the classes. `logits` are `[rows, classes]` float32, `labels` `[rows]` int32; the loss is
 * `[rows]`. Throws a BackendError when shapes or dtypes do not fit and, on cpu, wasm and node, when a label is
 * not in `0 .. classes - 1`. WebGPU does not check labels, as reading them would stall the device; there a wrong label
 * gives a wrong loss.
 *
 * @example
 * ```ts
 * import { grad, tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { sparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const logits = tensor2d([[0, 1000]]);
 * const labels = tensor1d([0], 'int32');
 * tidy(() => sparseSoftmaxCrossEntropy(logits, labels).dataSync()); // => [1000]
 * const slopes = grad((x) => sparseSoftmaxCrossEntropy(x as Tensor2D, labels));
 * tidy(() => slopes(logits).dataSync()); // => [-1, 1]
 * ```
 */
export function sparseSoftmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  checkInputs(caller, contracts.SparseSoftmaxCrossEntropy, { logits, labels });
  checkLabels(caller, labels, logits);
  return checkedCrossEntropy(logits, labels);
}

/** {@link sparseSoftmaxCrossEntropy} of inputs that are checked. */
export function checkedCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return runFused(forward, { logits, labels }, {})[0] as Tensor1D;
}

/** Throws when a label is no class, on backends where reading them does not stall a device. */
export function checkLabels(caller: Caller, labels: Tensor1D, logits: Tensor2D): void {
  if (!readsAtOnce()) return;
  const [, classes] = logits.shape;
  const values = labels.dataSync<'int32'>();
  const row = values.findIndex((label) => label < 0 || label >= classes);
  if (row < 0) return;
  throw caller.failure(
    `${caller.name}: expected labels from 0 to ${classes - 1}, found ${values[row]} in row ${row}; check that the vocabulary has as many words as the logits have columns.`,
  );
}
