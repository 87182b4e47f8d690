import { engine, tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describeBackend, numbers, sizeOf } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

/** Products of 1 x 1 matrices: the batch alone counts. */
const product = (shapeA: number[], a: number[], shapeB: number[], b: number[]): Tensor =>
  engine().runKernel(
    'BatchMatMul',
    { a: tensor(a, [...shapeA, 1, 1]), b: tensor(b, [...shapeB, 1, 1]) },
    { transposeA: false, transposeB: false },
  ) as Tensor;

describeBackend('BatchMatMul of batches that are broadcast', () => {
  test.each([
    [
      'as a whole',
      [3],
      [1, 2, 3],
      [2, 3],
      [10, 10, 10, 100, 100, 100],
      [10, 20, 30, 100, 200, 300],
    ],
    ['each for some', [2, 1], [1, 2], [2, 3], [1, 2, 3, 4, 5, 6], [1, 2, 3, 8, 10, 12]],
    ['against each other', [2, 1], [1, 2], [1, 3], [10, 20, 30], [10, 20, 30, 20, 40, 60]],
  ] as const)('%s', (_, shapeA, a, shapeB, b, expected) => {
    tidy(() => {
      const actual = product([...shapeA], [...a], [...shapeB], [...b]);
      expect(actual.shape).toEqual([2, 3, 1, 1]);
      expect([...actual.dataSync()]).toEqual(expected);
    });
  });
  describe('with matrices', () => {
    test('has the product of each pair', () => {
      tidy(() => {
        const [shapeA, shapeB] = [
          [2, 1, 2, 3],
          [1, 2, 3, 2],
        ];
        const [a, b] = [shapeA!, shapeB!].map((shape, k) => {
          return Array.from(numbers(sizeOf(shape), k + 1), (x) => Math.round(x * 4));
        }) as [number[], number[]];
        const actual = engine().runKernel(
          'BatchMatMul',
          { a: tensor(a, shapeA!), b: tensor(b, shapeB!) },
          { transposeA: false, transposeB: false },
        ) as Tensor;
        const expected = [0, 1].flatMap((i) =>
          [0, 1].flatMap((j) =>
            [0, 1].flatMap((row) =>
              [0, 1].map((column) =>
                [0, 1, 2].reduce(
                  (sum, k) => sum + a[i * 6 + row * 3 + k]! * b[j * 6 + k * 2 + column]!,
                  0,
                ),
              ),
            ),
          ),
        );
        expect([...actual.dataSync()]).toEqual(expected);
      });
    });
  });
});
