import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { composedSparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
import { describeBackend, expectAllClose, softmaxCrossEntropyReference } from '@secateur/testing';
import { expect, test } from 'vitest';
import { crossEntropy } from '../../src/kernels/cross-entropy.ts';

/** Losses and probabilities of rows of three logits. */
function run(logits: number[], labels: number[]): { loss: number[]; probabilities: number[] } {
  const loss = new Float32Array(labels.length);
  const probabilities = new Float32Array(logits.length);
  crossEntropy(logits, labels, loss, probabilities);
  return { loss: [...loss], probabilities: [...probabilities] };
}

test('crossEntropy gives the loss and the probabilities of each row', () => {
  const logits = [1, 2, 3, -1, 0, 4];
  const labels = [2, 0];
  const { loss, probabilities } = run(logits, labels);
  expectAllClose(loss, softmaxCrossEntropyReference(logits, labels));
  expectAllClose(probabilities.slice(0, 3), [0.09003057, 0.24472847, 0.66524096]);
});

test('crossEntropy stays finite when the probability of the label underflows', () => {
  const { loss, probabilities } = run([0, 0, 2000], [0]);
  expect(loss).toEqual([2000]);
  expect(probabilities).toEqual([0, 0, 1]);
});

test('crossEntropy is NaN in the whole row of a NaN or an infinity', () => {
  const { loss, probabilities } = run([1, NaN, 2, 0, Infinity, 0, 1, 1, 1], [0, 0, 0]);
  expect(loss.map(Number.isNaN)).toEqual([true, true, false]);
  expect(probabilities.slice(0, 3).every(Number.isNaN)).toBe(true);
  expect(run([], [])).toEqual({ loss: [], probabilities: [] });
});

// The kernels of cpu and wasm take its place wherever they are registered.
describeBackend('composedSparseSoftmaxCrossEntropy', () => {
  test('agrees with float64', () => {
    const logits = [1, 2, 3, -1, 0, 400];
    const labels = [2, 0];
    tidy(() => {
      const [loss, probabilities] = composedSparseSoftmaxCrossEntropy({
        logits: tensor2d(logits, [2, 3]),
        labels: tensor1d(labels, 'int32'),
      });
      expectAllClose(loss, softmaxCrossEntropyReference(logits, labels));
      expectAllClose(probabilities, [0.09003057, 0.24472847, 0.66524096, 0, 0, 1]);
    });
  });
});
