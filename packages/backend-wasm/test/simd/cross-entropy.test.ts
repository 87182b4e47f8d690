import {
  engine,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { composedSparseSoftmaxCrossEntropy, KERNELS } from '@secateur/backend/kernels';
import { expectAllClose, floats, softmaxCrossEntropyReference } from '@secateur/testing';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

function forward(logits: Tensor, labels: Tensor): [loss: Tensor1D, probabilities: Tensor2D] {
  const name = KERNELS.sparseSoftmaxCrossEntropy;
  return engine().runKernel(name, { logits, labels }) as unknown as [Tensor1D, Tensor2D];
}

function backward(dy: Tensor, probabilities: Tensor, labels: Tensor): Tensor {
  const name = KERNELS.sparseSoftmaxCrossEntropyGrad;
  return engine().runKernel(name, { dy, probabilities, labels }) as unknown as Tensor;
}

const shapes: readonly (readonly [rows: number, classes: number])[] = [
  [1, 1],
  [2, 2],
  [3, 3],
  [5, 4],
  [4, 5],
  [3, 7],
  [2, 8],
  [7, 9],
  [3, 15],
  [2, 17],
  [2, 513],
  [3, 1030],
];

const labelsFor = (rows: number, classes: number): number[] =>
  Array.from({ length: rows }, (_, n) => (n * 5 + classes - 1) % classes);

// Beside the suite of all fused kernels: nearer to float64 than it asks for, and numbers that are none.
describeBuilds('SparseSoftmaxCrossEntropy', (build) => {
  beforeEach(soilMemory);

  test.each(shapes)('agrees with float64 at %i x %i', (rows, classes) => {
    const values = floats(rows * classes, 3, 9);
    const labels = labelsFor(rows, classes);
    tidy(() => {
      const [loss, probabilities] = forward(
        tensor2d(values, [rows, classes]),
        tensor1d(labels, 'int32'),
      );
      expect(loss.shape).toEqual([rows]);
      expect(probabilities.shape).toEqual([rows, classes]);
      expectAllClose(loss, softmaxCrossEntropyReference(values, labels), {
        rtol: 2e-7,
        atol: 1e-6,
      });
      const expected = [...values].map((value, i) => {
        const row = values.subarray(classes * Math.floor(i / classes)).subarray(0, classes);
        return 1 / row.reduce((total, other) => total + Math.exp(other - value), 0);
      });
      // Rounding the difference of two logits already costs half a unit in the last place of 18.
      expectAllClose(probabilities, expected, { rtol: 3e-6, atol: 0 });
    });
  });

  test.each([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
  ])('treats %s as the composed form does', (_, odd) => {
    // One in a vector, one past the vectors, one at the label.
    for (const [classes, place] of [
      [9, 2],
      [9, 8],
      [3, 1],
      [9, 0],
    ] as const) {
      tidy(() => {
        const values = floats(3 * classes, 6);
        values[classes + place] = odd;
        const inputs = {
          logits: tensor2d(values, [3, classes]),
          labels: tensor1d([1, 0, classes - 1], 'int32'),
        };
        const [loss, probabilities] = forward(inputs.logits, inputs.labels);
        const [expectedLoss, expected] = composedSparseSoftmaxCrossEntropy(inputs);
        expectAllClose(loss, expectedLoss, { atol: 1e-6 });
        expectAllClose(probabilities, expected, { rtol: 1e-6, atol: 1e-7 });
      });
    }
  });

  test('is NaN where all logits are minus infinity', () => {
    tidy(() => {
      const labels = tensor1d([1], 'int32');
      const [loss] = forward(tensor2d([-Infinity, -Infinity], [1, 2]), labels);
      expect(loss.dataSync()[0]).toBeNaN();
    });
  });

  test('gives NaN, and touches nothing else, for a label outside the classes', () => {
    if (build === 'none') return;
    tidy(() => {
      const labels = tensor1d([-1, 3, 2], 'int32');
      const [loss, probabilities] = forward(tensor2d(floats(9, 1), [3, 3]), labels);
      expect([...loss.dataSync()].map(Number.isNaN)).toEqual([true, true, false]);
      const slope = backward(tensor1d([1, 1, 0]), probabilities, labels).dataSync();
      expect(slope.subarray(0, 6)).toEqual(probabilities.dataSync().subarray(0, 6));
    });
  });
});
