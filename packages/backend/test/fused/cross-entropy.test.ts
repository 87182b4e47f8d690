import {
  grad,
  memory,
  mul,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  train,
  variable,
  zeros,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  composedSparseSoftmaxCrossEntropyGrad,
  sparseSoftmaxCrossEntropy,
} from '@secateur/backend/kernels';
import {
  describeBackend,
  expectAllClose,
  finiteDifference,
  softmaxCrossEntropyReference,
  numbers,
} from '@secateur/testing';
import { expect, test } from 'vitest';

const cases = [
  { rows: 1, classes: 1 },
  { rows: 1, classes: 7 },
  { rows: 5, classes: 3 },
  { rows: 6, classes: 29 },
];

function labelsFor(rows: number, classes: number): number[] {
  return Array.from({ length: rows }, (_, n) => (n * 5 + classes - 1) % classes);
}

describeBackend('sparseSoftmaxCrossEntropy', () => {
  test.each(cases)('agrees with float64 at $rows x $classes', ({ rows, classes }) => {
    const logits = numbers(rows * classes, 7, 5);
    const labels = labelsFor(rows, classes);
    tidy(() => {
      const loss = sparseSoftmaxCrossEntropy(
        tensor2d(Float32Array.from(logits), [rows, classes]),
        tensor1d(labels, 'int32'),
      );
      expect(loss.shape).toEqual([rows]);
      expectAllClose(loss, softmaxCrossEntropyReference(logits, labels));
    });
  });

  test('is log 2 for two equal logits', () => {
    tidy(() => {
      const loss = sparseSoftmaxCrossEntropy(zeros([1, 2]), tensor1d([1], 'int32'));
      expectAllClose(loss, [Math.LN2]);
    });
  });

  test.each(cases)('has the gradient of differences at $rows x $classes', ({ rows, classes }) => {
    const logits = numbers(rows * classes, 8, 3);
    const weights = numbers(rows, 9);
    const labels = labelsFor(rows, classes);
    const exact = (at: Float64Array): number =>
      softmaxCrossEntropyReference(at, labels).reduce((total, l, n) => total + l * weights[n]!, 0);
    tidy(() => {
      const found = grad((l: Tensor) =>
        sum(
          mul(
            sparseSoftmaxCrossEntropy(l as Tensor2D, tensor1d(labels, 'int32')),
            tensor1d(Float32Array.from(weights)),
          ),
        ),
      )(tensor2d(Float32Array.from(logits), [rows, classes]));
      expectAllClose(found, finiteDifference(exact, logits), { rtol: 1e-4, atol: 1e-6 });
    });
  });

  test('has the same gradient when it is composed', () => {
    tidy(() => {
      const dy = tensor1d([2, -1]);
      const probabilities = tensor2d([0.5, 0.25, 0.25, 0.125, 0.125, 0.75], [2, 3]);
      const labels = tensor1d([0, 2], 'int32');
      const [dlogits] = composedSparseSoftmaxCrossEntropyGrad({ dy, probabilities, labels });
      expectAllClose(dlogits, [-1, 0.5, 0.5, -0.125, -0.125, 0.25]);
    });
  });

  test('stays finite when the probability of the label underflows', () => {
    tidy(() => {
      const logits = tensor2d([0, 1000, -3000, 3000], [2, 2]);
      const labels = tensor1d([0, 0], 'int32');
      expectAllClose(sparseSoftmaxCrossEntropy(logits, labels), [1000, 6000]);
      const slope = grad((l: Tensor) => sum(sparseSoftmaxCrossEntropy(l as Tensor2D, labels)))(
        logits,
      );
      expectAllClose(slope, [-1, 1, -1, 1]);
    });
  });

  test('does not change when all logits of a row move together', () => {
    const logits = numbers(12, 21, 4);
    const labels = labelsFor(3, 4);
    tidy(() => {
      const loss = (shift: number): Tensor1D =>
        sparseSoftmaxCrossEntropy(
          tensor2d(
            Float32Array.from(logits, (l) => l + shift),
            [3, 4],
          ),
          tensor1d(labels, 'int32'),
        );
      expectAllClose(loss(64), loss(0), { atol: 1e-4 });
    });
  });

  test('refuses labels out of range and names the row', () => {
    tidy(() => {
      const run = (labels: number[]) => () =>
        sparseSoftmaxCrossEntropy(zeros([3, 4]), tensor1d(labels, 'int32'));
      expect(run([0, 4, 0])).toThrow(
        'sparseSoftmaxCrossEntropy: expected labels from 0 to 3, found 4 in row 1; check that the vocabulary',
      );
      expect(run([0, 3, -1])).toThrow('expected labels from 0 to 3, found -1 in row 2');
    });
  });

  test('refuses float labels, wrong lengths and empty batches', () => {
    tidy(() => {
      expect(() => sparseSoftmaxCrossEntropy(zeros([2, 3]), tensor1d([0, 1]))).toThrow(
        'sparseSoftmaxCrossEntropy: expected labels to be int32 [2], found float32 [2]',
      );
      expect(() => sparseSoftmaxCrossEntropy(zeros([2, 3]), tensor1d([0], 'int32'))).toThrow(
        'expected labels to be int32 [2], found int32 [1]',
      );
      expect(() => sparseSoftmaxCrossEntropy(zeros([0, 3]), tensor1d([], 'int32'))).toThrow(
        'expected at least one row and one class, found logits [0, 3]',
      );
    });
  });

  test('trains through minimize without keeping a tensor', () => {
    const logits = tidy(() => variable(zeros<Rank.R2>([2, 5])));
    const labels = tensor1d([1, 3], 'int32');
    const optimizer = train.sgd(1);
    const step = (): number =>
      tidy(
        () =>
          optimizer
            .minimize(
              () => sum(sparseSoftmaxCrossEntropy(logits as Tensor2D, labels)) as Scalar,
              true,
            )!
            .dataSync()[0]!,
      );
    const first = step();
    const before = memory().numTensors;
    for (let k = 0; k < 20; k++) step();
    expect(memory().numTensors).toBe(before);
    expect(step()).toBeLessThan(0.2 * first);
    for (const each of [logits, labels]) each.dispose();
    optimizer.dispose();
  });
});
