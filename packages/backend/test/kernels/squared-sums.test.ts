import { squaredSums } from '@secateur/backend/kernels';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('squaredSums', () => {
  test('sums a matrix by rows and by columns', () => {
    const [rows, columns] = squaredSums([1, 2, 3, 4, 5, 6], [2, 3], [0, 1]);
    expect(Array.from(rows!)).toEqual([14, 77]);
    expect(Array.from(columns!)).toEqual([17, 29, 45]);
  });
  test('is the square of each entry on rank 1', () => {
    expect(Array.from(squaredSums([1, -2], [2], [0])[0]!)).toEqual([1, 4]);
  });
  test('answers in the order asked, an axis twice if asked twice', () => {
    const sums = squaredSums([1, 2, 3, 4], [2, 2], [1, 0, 1]);
    expect(sums.map((sum) => Array.from(sum))).toEqual([
      [10, 20],
      [5, 25],
      [10, 20],
    ]);
  });
  test('gives zeros on an empty tensor', () => {
    expect(squaredSums([], [0, 3], [0, 1]).map((sum) => Array.from(sum))).toEqual([[], [0, 0, 0]]);
  });
  test('agrees with a sum entry by entry on any shape', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, (shape) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const values = Array.from({ length: size }, (_, i) => (i * 7) % 11);
        const axes = shape.map((_, axis) => axis);
        const expected = axes.map((axis) => new Array<number>(shape[axis]!).fill(0));
        values.forEach((value, i) => {
          let rest = i;
          for (let axis = shape.length - 1; axis >= 0; axis--) {
            expected[axis]![rest % shape[axis]!]! += value * value;
            rest = Math.floor(rest / shape[axis]!);
          }
        });
        expect(squaredSums(values, shape, axes).map((sum) => Array.from(sum))).toEqual(expected);
      }),
    );
  });
});
