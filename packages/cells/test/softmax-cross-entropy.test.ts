import { grad, sum, tensor, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, uniform } from '@secateur/cells';
import {
  describeBackend,
  expectAllClose,
  finiteDifference,
  softmaxCrossEntropyReference,
} from '@secateur/testing';
import { expect, test } from 'vitest';

const logits = uniform([2, 3, 5], { min: -4, max: 4, seed: 12 }).data;
const labels = [0, 4, 2, 2, 1, 3];

describeBackend('softmaxCrossEntropy', () => {
  test('keeps the shape of the labels and agrees with float64', () => {
    tidy(() => {
      const loss = softmaxCrossEntropy(
        tensor(logits, [2, 3, 5]),
        tensor2d(labels, [2, 3], 'int32'),
      );
      expect(loss.shape).toEqual([2, 3]);
      expectAllClose(loss, softmaxCrossEntropyReference(logits, labels));
    });
  });

  test('has the gradient of differences', () => {
    tidy(() => {
      const slope = grad((l) => sum(softmaxCrossEntropy(l, tensor2d(labels, [2, 3], 'int32'))))(
        tensor(logits, [2, 3, 5]),
      );
      const exact = (at: Float64Array): number =>
        softmaxCrossEntropyReference(at, labels).reduce((total, loss) => total + loss, 0);
      expectAllClose(slope, finiteDifference(exact, Float64Array.from(logits)), { rtol: 1e-4 });
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      expect(() => softmaxCrossEntropy(zeros([2, 3]), zeros([3], 'int32'))).toThrow(
        'softmaxCrossEntropy: expected labels to be int32 [2], found int32 [3]',
      );
      expect(() => softmaxCrossEntropy(zeros([2, 3], 'int32'), zeros([2], 'int32'))).toThrow(
        'softmaxCrossEntropy: expected logits to be float32 [..., classes], found int32 [2, 3]',
      );
    });
  });
});
