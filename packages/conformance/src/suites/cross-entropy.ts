import { dispose, grad, mul, sum, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { sparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
import {
  expectAllClose,
  numbers,
  softmaxCrossEntropyGradientReference,
  softmaxCrossEntropyReference,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';

const shapes: readonly (readonly [rows: number, classes: number])[] = [
  [1, 1],
  [1, 2],
  [2, 3],
  [5, 4],
  [3, 7],
  [2, 8],
  [7, 9],
  [3, 15],
  [2, 16],
  [2, 17],
  [1, 63],
  [2, 64],
  [3, 65],
  [2, 255],
  [2, 256],
  [3, 257],
  [1, 1030],
  [130, 3],
];

const labelsFor = (rows: number, classes: number): number[] =>
  Array.from({ length: rows }, (_, n) => (n * 5 + classes - 1) % classes);

/** The losses of some logits and the gradient of their sum weighted by `dy`. */
async function lossAndSlope(
  logits: Float64Array,
  labels: readonly number[],
  dy: Float64Array,
): Promise<readonly [loss: Values, slope: Values]> {
  const x = tensor2d(Float32Array.from(logits), [labels.length, logits.length / labels.length]);
  const ids = tensor1d([...labels], 'int32');
  const weights = tensor1d(Float32Array.from(dy));
  const [loss, slope] = await read(() => [
    sparseSoftmaxCrossEntropy(x, ids),
    grad((l: Tensor) => sum(mul(sparseSoftmaxCrossEntropy(l as typeof x, ids), weights)))(x),
  ]);
  const [after] = await read(() => [x.clone()]);
  expect([...after!.data], 'logits afterwards').toEqual([...logits]);
  dispose([x, ids, weights]);
  return [loss!, slope!];
}

/** Tests of the kernel `SparseSoftmaxCrossEntropy`. */
export function crossEntropySuite(): void {
  test.each(shapes)('agrees with float64 at %i x %i', async (rows, classes) => {
    const logits = numbers(rows * classes, 7, 5);
    const labels = labelsFor(rows, classes);
    const [loss] = await lossAndSlope(logits, labels, numbers(rows, 9));
    expect(loss.shape).toEqual([rows]);
    expectAllClose(loss.data, softmaxCrossEntropyReference(logits, labels), { atol: 3e-6 });
  });
  test('stays finite when the probability of the label underflows', async () => {
    const logits = Float64Array.of(0, 1000, -3000, 3000);
    const [loss, slope] = await lossAndSlope(logits, [0, 0], Float64Array.of(1, 1));
    expectAllClose(loss.data, [1000, 6000]);
    expectAllClose(slope.data, [-1, 1, -1, 1]);
  });
}

/** Tests of the kernel `SparseSoftmaxCrossEntropyGrad`. */
export function crossEntropyGradSuite(): void {
  test.each(shapes)('agrees with float64 at %i x %i', async (rows, classes) => {
    const logits = numbers(rows * classes, 8, 3);
    const labels = labelsFor(rows, classes);
    const dy = numbers(rows, 9);
    const [, slope] = await lossAndSlope(logits, labels, dy);
    expect(slope.shape).toEqual([rows, classes]);
    const expected = softmaxCrossEntropyGradientReference(logits, labels, dy);
    expectAllClose(slope.data, expected, { rtol: 1e-5, atol: 1e-6 });
  });
}
