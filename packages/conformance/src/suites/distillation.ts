import { dispose, grad, mul, sum, tensor1d, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { distilledCrossEntropy } from '@secateur/backend/kernels';
import {
  distilledCrossEntropyReference,
  expectAllClose,
  finiteDifference,
  numbers,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';

const shapes: readonly (readonly [rows: number, classes: number])[] = [
  [1, 1],
  [1, 2],
  [2, 3],
  [5, 4],
  [7, 9],
  [2, 17],
  [3, 65],
  [2, 257],
  [1, 1030],
  [130, 3],
];

const settings = [
  { share: 0, temperature: 1 },
  { share: 0.5, temperature: 1 },
  { share: 0.3, temperature: 2.5 },
  { share: 1, temperature: 0.5 },
];

const labelsFor = (rows: number, classes: number): number[] =>
  Array.from({ length: rows }, (_, n) => (n * 5 + classes - 1) % classes);

/** The losses of some logits and the gradient of their sum weighted by `dy`. */
async function lossAndSlope(
  logits: Float64Array,
  teacher: Float64Array,
  labels: readonly number[],
  dy: Float64Array,
  how: (typeof settings)[number],
): Promise<readonly [loss: Values, slope: Values]> {
  const shape: [number, number] = [labels.length, logits.length / labels.length];
  const x = tensor2d(Float32Array.from(logits), shape);
  const t = tensor2d(Float32Array.from(teacher), shape);
  const ids = tensor1d([...labels], 'int32');
  const weights = tensor1d(Float32Array.from(dy));
  const [loss, slope] = await read(() => [
    distilledCrossEntropy(x, t, ids, how),
    grad((l) => sum(mul(distilledCrossEntropy(l as Tensor2D, t, ids, how), weights)))(x),
  ]);
  dispose([x, t, ids, weights]);
  return [loss!, slope!];
}

/** Tests of the kernel `DistilledCrossEntropy` and of its gradient. */
export function distillationSuite(): void {
  const cases = shapes.flatMap(([rows, classes], i) => {
    const how = settings[i % settings.length]!;
    return [{ rows, classes, ...how }];
  });
  test.each([...cases, { rows: 3, classes: 30, share: 0.5, temperature: 3 }])(
    'agrees with float64 at $rows x $classes, share $share, temperature $temperature',
    async ({ rows, classes, ...how }) => {
      const logits = numbers(rows * classes, 7, 5);
      const teacher = numbers(rows * classes, 8, 5);
      const labels = labelsFor(rows, classes);
      const dy = numbers(rows, 9);
      const [loss, slope] = await lossAndSlope(logits, teacher, labels, dy, how);
      expect(loss.shape).toEqual([rows]);
      const expected = distilledCrossEntropyReference(logits, teacher, labels, how);
      expectAllClose(loss.data, expected, { rtol: 1e-5, atol: 1e-5 });
      // Rows do not depend on each other, and of a long one a part is enough.
      const some = logits.slice(0, 40);
      const weighted = (at: Float64Array): number => {
        const all = Float64Array.from(logits);
        all.set(at);
        const losses = distilledCrossEntropyReference(all, teacher, labels, how);
        return losses.reduce((total, each, n) => total + each * dy[n]!, 0);
      };
      expectAllClose(slope.data.slice(0, some.length), finiteDifference(weighted, some), {
        rtol: 1e-4,
        atol: 1e-5,
      });
    },
  );
  test('stays finite where both networks rule a class out', async () => {
    const logits = Float64Array.of(0, 1000, -3000, 3000);
    const teacher = Float64Array.of(-2000, 0, -1000, 1000);
    const how = { share: 0.5, temperature: 1 };
    const [loss, slope] = await lossAndSlope(logits, teacher, [1, 1], Float64Array.of(1, 1), how);
    expectAllClose(loss.data, [0, 0]);
    expectAllClose(slope.data, [0, 0, 0, 0]);
  });
  test('costs what the teacher wants and the student rules out', async () => {
    const logits = Float64Array.of(0, 1000);
    const teacher = Float64Array.of(1000, 0);
    const how = { share: 0.5, temperature: 1 };
    const [loss, slope] = await lossAndSlope(logits, teacher, [1], Float64Array.of(1), how);
    expectAllClose(loss.data, [500]);
    expectAllClose(slope.data, [-0.5, 0.5]);
  });
  test.each(['logits', 'teacher'] as const)(
    'a NaN in the %s spoils its row, and no other',
    async (where) => {
      const logits = numbers(10, 7, 5);
      const teacher = numbers(10, 8, 5);
      const good = { logits: logits.slice(5), teacher: teacher.slice(5) };
      ({ logits, teacher })[where][3] = NaN;
      for (const how of settings) {
        const [loss, slope] = await lossAndSlope(
          logits,
          teacher,
          [1, 2],
          Float64Array.of(1, 1),
          how,
        );
        expect(loss.data[0]).toBeNaN();
        expect([...slope.data.slice(0, 5)].some(Number.isNaN)).toBe(true);
        const expected = distilledCrossEntropyReference(good.logits, good.teacher, [2], how);
        expectAllClose(loss.data.slice(1), expected, { rtol: 1e-5, atol: 1e-5 });
        expect([...slope.data.slice(5)].every(Number.isFinite)).toBe(true);
      }
    },
  );
}
