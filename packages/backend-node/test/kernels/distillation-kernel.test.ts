import { useBackend } from '@secateur/backend';
import { distilledCrossEntropy } from '@secateur/backend/kernels';
import {
  distilledCrossEntropyReference,
  expectAllClose,
  softmaxCrossEntropyGradientReference,
} from '@secateur/testing';
import {
  memory,
  ones,
  tensor1d,
  tensor2d,
  tidy,
  valueAndGrad,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { draw, stockOperations } from './handles.ts';

await describeNative('distillation', () => {
  beforeAll(() => useBackend('node'));

  // Three blocks of rows, the last one lower than the others; 64 bytes are 16 columns, and slices there are no copies.
  test.each([
    { classes: 5008, temperature: 1 },
    { classes: 5003, temperature: 2 },
  ])(
    'in blocks of rows of $classes classes agrees with float64, at temperature $temperature',
    ({ classes, temperature }) => {
      const rows = 60;
      const [logits, teacher] = [1, 2].map((seed) => draw(rows * classes, seed).map((x) => 3 * x));
      const labels = Array.from({ length: rows }, (_, n) => (n * 977) % classes);
      const how = { share: 0.3, temperature };
      const before = memory().numTensors;
      tidy(() => {
        const [x, y] = [logits!, teacher!].map((values) => tensor2d(values, [rows, classes]));
        const ids = tensor1d(labels, 'int32');
        const loss = valueAndGrad((l) => distilledCrossEntropy(l as Tensor2D, y!, ids, how));
        const { value, grad } = loss(x!, ones([rows]));
        const expected = distilledCrossEntropyReference(logits!, teacher!, labels, how);
        expectAllClose(value, expected, { rtol: 1e-5, atol: 1e-5 });
        expectAllClose(grad, slopes(logits!, teacher!, labels, how), { rtol: 1e-4, atol: 1e-7 });
      });
      expect(memory().numTensors).toBe(before);
    },
  );

  test('runs without a stock kernel over the classes', () => {
    const names = stockOperations(() => {
      const [x, y] = [3, 4].map((seed) => tensor2d(draw(6, seed), [2, 3]));
      const ids = tensor1d([0, 2], 'int32');
      distilledCrossEntropy(x!, y!, ids, { share: 0.5, temperature: 1 });
    });
    expect(names.filter((name) => /Softmax|Exp|Mul|Sub/.test(name))).toEqual([]);
  });
});

/** `(1 - share) * (p - onehot) + share * T * (p_T - q_T)` in float64, whose terms are the softmaxes at temperature 1 and `T`. */
function slopes(
  logits: Float32Array,
  teacher: Float32Array,
  labels: readonly number[],
  { share, temperature }: { readonly share: number; readonly temperature: number },
): Float64Array {
  /** A softmax less the one-hot of the labels, which the difference of two is without. */
  const lessLabels = (values: Float32Array, divisor: number): Float64Array =>
    softmaxCrossEntropyGradientReference(
      Float64Array.from(values, (x) => x / divisor),
      labels,
      labels.map(() => 1),
    );
  const [soft, wanted] = [logits, teacher].map((values) => lessLabels(values, temperature));
  return lessLabels(logits, 1).map(
    (hard, at) => (1 - share) * hard + share * temperature * (soft![at]! - wanted![at]!),
  );
}
