import { useBackend } from '@secateur/backend';
import { distilledCrossEntropy } from '@secateur/backend/kernels';
import { distilledCrossEntropyReference, expectAllClose } from '@secateur/testing';
import {
  backend,
  memory,
  ones,
  tensor1d,
  tensor2d,
  tidy,
  valueAndGrad,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { describeNative } from '../native.ts';
import { draw } from './handles.ts';

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
    const stock = vi.spyOn(backend() as unknown as StockBackend, 'executeSingleOutput');
    tidy(() => {
      const [x, y] = [3, 4].map((seed) => tensor2d(draw(6, seed), [2, 3]));
      const ids = tensor1d([0, 2], 'int32');
      distilledCrossEntropy(x!, y!, ids, { share: 0.5, temperature: 1 });
    });
    const names = stock.mock.calls.map(([name]) => name);
    stock.mockRestore();
    expect(names.filter((name) => /Softmax|Exp|Mul|Sub/.test(name))).toEqual([]);
  });
});

/** What the stock kernels run operations with. */
interface StockBackend {
  executeSingleOutput(name: string, ...rest: unknown[]): unknown;
}

/** `(1 - share) * (p - onehot) + share * T * (p_T - q_T)` in float64, whose terms are the softmaxes at temperature 1 and `T`. */
function slopes(
  logits: Float32Array,
  teacher: Float32Array,
  labels: readonly number[],
  { share, temperature }: { readonly share: number; readonly temperature: number },
): Float64Array {
  const classes = logits.length / labels.length;
  const softmax = (values: Float32Array, row: number, divisor: number): Float64Array => {
    const scaled = Float64Array.from(
      values.subarray(row * classes, (row + 1) * classes),
      (x) => x / divisor,
    );
    const most = scaled.reduce((a, b) => Math.max(a, b));
    const powers = scaled.map((x) => Math.exp(x - most));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((x) => x / total);
  };
  const all = new Float64Array(logits.length);
  labels.forEach((label, row) => {
    const [plain, soft, wanted] = [
      softmax(logits, row, 1),
      softmax(logits, row, temperature),
      softmax(teacher, row, temperature),
    ];
    plain.forEach((p, j) => {
      const hard = p - (j === label ? 1 : 0);
      all[row * classes + j] = (1 - share) * hard + share * temperature * (soft[j]! - wanted[j]!);
    });
  });
  return all;
}
