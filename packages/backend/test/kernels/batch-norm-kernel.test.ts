import { batchNorm, tensor, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

describeBackend('FusedBatchNorm', () => {
  // Two images of two rows and three columns, with one channel.
  const x = (): Tensor4D => tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 2, 3, 1]);
  test.each([
    [1, [2, 1], [-1, 0, 1, 3, 4, 5, 5, 6, 7, 9, 10, 11]],
    [2, [1, 2, 3], [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9]],
    [3, [5], [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]],
  ])('takes the statistics of axis %i', (axis, means, expected) => {
    tidy(() => {
      const shape = [1, 1, 1, 1].with(axis, means.length) as [number, number, number, number];
      const mean = tensor(means, shape);
      const variance = tensor(
        means.map(() => 1),
        shape,
      );
      expectAllClose(batchNorm(x(), mean, variance, undefined, undefined, 0), expected);
    });
  });
  test('is right for a layer that normalizes another axis than the last', () => {
    tidy(() => {
      const layer = layers.batchNormalization({ axis: 1, epsilon: 0 });
      layer.build([null, 2, 3, 1]);
      const weights = [
        [1, 2],
        [10, 20],
        [2, 1],
        [1, 4],
      ];
      layer.setWeights(weights.map((values) => tensor(values)));
      const actual = layer.apply(x()) as Tensor4D;
      expect(actual.shape).toEqual([2, 2, 3, 1]);
      // gamma (x - mean) / sqrt(variance) + beta, with statistics of the row
      const row = (values: number[]): number[] => [
        ...values.slice(0, 3).map((value) => value - 2 + 10),
        ...values.slice(3).map((value) => (2 * (value - 1)) / 2 + 20),
      ];
      expectAllClose(actual, [...row([1, 2, 3, 4, 5, 6]), ...row([7, 8, 9, 10, 11, 12])]);
      for (const weight of layer.weights) weight.dispose();
    });
  });
});
