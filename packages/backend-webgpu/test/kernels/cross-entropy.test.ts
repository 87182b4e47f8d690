import { grad, sum, mul, tensor, tensor1d, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { KERNELS, sparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
import { expectAllClose, finiteDifference, softmaxCrossEntropyReference } from '@secateur/testing';
import { test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { numbers, readAll, runKernel, soilMemory } from '../values.ts';

/** Classes round the 128 lanes of a workgroup. */
const shapes = [
  [1, 1],
  [1, 2],
  [3, 5],
  [2, 127],
  [2, 128],
  [3, 129],
  [2, 300],
] as const;

const labelsOf = (rows: number, classes: number): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) => (7 * row + classes - 1) % classes);

describeWebgpu('SparseSoftmaxCrossEntropy', () => {
  test.each(shapes)('has the reference values for [%i, %i]', async (rows, classes) => {
    const logits = numbers(rows * classes, 3, 5);
    const labels = labelsOf(rows, classes);
    await soilMemory([rows, rows * classes]);
    const [loss, probabilities] = await readAll(() =>
      runKernel(KERNELS.sparseSoftmaxCrossEntropy, {
        logits: tensor2d(logits, [rows, classes]),
        labels: tensor1d(labels, 'int32'),
      }),
    );
    expectAllClose(loss!, softmaxCrossEntropyReference(logits, labels), { atol: 2e-6 });
    // Each probability is exp(-loss) of a row that has this class for its label.
    const wanted = Array.from({ length: rows * classes }, (_, k) => {
      const row = Math.floor(k / classes);
      const own = logits.slice(row * classes, (row + 1) * classes);
      return Math.exp(-softmaxCrossEntropyReference(own, [k % classes])[0]!);
    });
    expectAllClose(probabilities!, wanted);
  });

  test.each(shapes)('its gradient agrees with differences for [%i, %i]', async (rows, classes) => {
    const logits = Float64Array.from(numbers(rows * classes, 3, 2));
    const labels = labelsOf(rows, classes);
    const weights = numbers(rows, 9);
    const [found] = await readAll(() => [
      grad((x) =>
        sum(
          mul(
            sparseSoftmaxCrossEntropy(x as Tensor2D, tensor1d(labels, 'int32')),
            tensor1d(weights),
          ),
        ),
      )(tensor(Float32Array.from(logits), [rows, classes])),
    ]);
    const loss = (at: Float64Array): number =>
      softmaxCrossEntropyReference(at, labels).reduce((total, x, i) => total + x * weights[i]!, 0);
    expectAllClose(found!, finiteDifference(loss, logits), { rtol: 1e-4, atol: 1e-6 });
  });

  test('is right for logits of a thousand', async () => {
    const logits = [1000, -1000, 0, -1000, 999, 1000];
    const [loss] = await readAll(() => [
      sparseSoftmaxCrossEntropy(tensor2d(logits, [2, 3]), tensor1d([1, 2], 'int32')),
    ]);
    expectAllClose(loss!, softmaxCrossEntropyReference(logits, [1, 2]));
  });

  test('has the loss NaN for a row with NaN or infinity, and for a label that is no class', async () => {
    const rows = [
      [1, NaN, 2],
      [1, 2, 3],
      [Infinity, 1, 2],
      [1, 2, 3],
      [1, 2, 3],
      [-Infinity, 2, 3],
    ];
    const labels = [0, 3, 1, -1, 2, 1];
    const [loss] = await readAll(() => [
      sparseSoftmaxCrossEntropy(tensor2d(rows), tensor1d(labels, 'int32')),
    ]);
    expectAllClose(loss!, [
      NaN,
      NaN,
      NaN,
      NaN,
      softmaxCrossEntropyReference([1, 2, 3], [2])[0]!,
      softmaxCrossEntropyReference([2, 3], [0])[0]!,
    ]);
  });
});
