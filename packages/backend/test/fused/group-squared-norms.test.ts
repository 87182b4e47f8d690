import { scalar, tensor, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import { composedGroupSquaredNorms, groupSquaredNorms } from '@secateur/backend/kernels';
import { describeBackend, expectAllClose, numbers } from '@secateur/testing';
import { expect, test } from 'vitest';

function squaredSums(values: Float64Array, shape: readonly number[], axis: number): Float64Array {
  const after = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const sums = new Float64Array(shape[axis]!);
  values.forEach((value, at) => {
    sums[Math.floor(at / after) % shape[axis]!]! += value * value;
  });
  return sums;
}

describeBackend('groupSquaredNorms', () => {
  test('adds the squares of rows and columns', () => {
    tidy(() => {
      const [rows, columns] = groupSquaredNorms(tensor2d([1, 2, 3, 0, -4, 5], [2, 3]), [0, 1]);
      expectAllClose(rows!, [14, 41]);
      expectAllClose(columns!, [1, 20, 34]);
    });
  });

  test.each([[[7]], [[5, 9]], [[1, 4]], [[3, 2, 5]], [[2, 3, 1, 4]]])(
    'agrees with loops for shape %j, fused and composed',
    (shape) => {
      const size = shape.reduce((product, next) => product * next, 1);
      const values = numbers(size, 31, 2);
      const axes = [...shape.keys()].reverse();
      tidy(() => {
        const x = tensor(Float32Array.from(values), shape);
        const fused = groupSquaredNorms(x, axes);
        const composed = composedGroupSquaredNorms({ x }, { axes });
        axes.forEach((axis, k) => {
          expect(fused[k]!.shape).toEqual([shape[axis]]);
          expectAllClose(fused[k]!, squaredSums(values, shape, axis));
          expectAllClose(composed[k]!, squaredSums(values, shape, axis));
        });
      });
    },
  );

  test.each([[[1003, 131]], [[3, 90001]], [[70001, 2]]])(
    'adds up a large weight that threads share, %j',
    (shape) => {
      const values = numbers(shape[0]! * shape[1]!, 31, 2);
      tidy(() => {
        const x = tensor(Float32Array.from(values), shape);
        const fused = groupSquaredNorms(x, [0, 1]);
        [0, 1].forEach((axis) => {
          expectAllClose(fused[axis]!, squaredSums(values, shape, axis), { rtol: 3e-5, atol: 0 });
        });
      });
    },
  );

  test('is exactly zero for a zero slice', () => {
    tidy(() => {
      const [rows] = groupSquaredNorms(tensor2d([0, 0, 1, 1], [2, 2]), [0]);
      expect([...rows!.dataSync()]).toEqual([0, 2]);
    });
  });

  test('refuses axes that the tensor does not have', () => {
    tidy(() => {
      expect(() => groupSquaredNorms(zeros([2, 3]), [0, 2])).toThrow(
        'groupSquaredNorms: expected axes from 0 to 1, found 2; count axes from the front.',
      );
      expect(() => groupSquaredNorms(zeros([2, 3]), [-1])).toThrow('found -1');
      expect(() => groupSquaredNorms(zeros([2, 3]), [])).toThrow('found none');
      expect(() => groupSquaredNorms(scalar(1), [0])).toThrow('found 0');
      expect(() => groupSquaredNorms(zeros([2], 'int32'), [0])).toThrow(
        'groupSquaredNorms: expected x to be float32 [2], found int32 [2]',
      );
    });
  });
});
