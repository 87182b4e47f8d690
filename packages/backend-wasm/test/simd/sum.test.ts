import { engine, sum, Sum, tensor, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { expectAllClose, floats } from '@secateur/testing';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

/** Sums in float64 over some axes of a row-major array. */
function reference(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): number[] {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const out = new Array<number>(kept.reduce((size, axis) => size * shape[axis]!, 1)).fill(0);
  values.forEach((value, i) => {
    const index = shape.map((size, axis) => {
      const stride = shape.slice(axis + 1).reduce((product, next) => product * next, 1);
      return Math.floor(i / stride) % size;
    });
    out[kept.reduce((place, axis) => place * shape[axis]! + index[axis]!, 0)]! += value;
  });
  return out;
}

const cases: readonly (readonly [shape: number[], axes: number[]])[] = [
  [[1], [0]],
  [[7], [0]],
  [[1300], [0]],
  [[3, 5], [0]],
  [[3, 5], [1]],
  [
    [3, 5],
    [0, 1],
  ],
  [[8, 4], [0]],
  [[17, 9], [0]],
  [[33, 1], [0]],
  [[1, 33], [0]],
  [[5, 530], [1]],
  [[700, 13], [0]],
  [[2, 3, 4], [0]],
  [[2, 9, 5], [1]],
  [[2, 3, 4], [2]],
  [
    [2, 3, 4],
    [0, 1],
  ],
  [
    [2, 3, 4],
    [1, 2],
  ],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [2, 3, 2, 5],
    [1, 2],
  ],
  [[2, 0, 3], [1]],
  [[0, 3], [0]],
  [[3, 0], [0]],
];

describeBuilds('Sum', () => {
  beforeEach(soilMemory);

  test.each(cases)('over shape %j, axes %j, agrees with float64', (shape, axes) => {
    const values = floats(
      shape.reduce((size, next) => size * next, 1),
      7,
    );
    const kept = shape.filter((_, axis) => !axes.includes(axis));
    tidy(() => {
      const x = tensor(values, shape, 'float32');
      const actual = sum(x, axes);
      expect(actual.shape).toEqual(kept);
      expectAllClose(actual, reference(values, shape, axes), { rtol: 1e-5, atol: 1e-5 });
      const wide = sum(x, axes, true);
      expect(wide.shape).toEqual(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
      expect(wide.dataSync()).toEqual(actual.dataSync());
    });
  });

  test('counts axes from the end, takes none for all, and a scalar', () => {
    tidy(() => {
      const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
      expectAllClose(sum(x, -1), [6, 15]);
      expectAllClose(sum(x, -2), [5, 7, 9]);
      expectAllClose(sum(x), [21]);
      expectAllClose(sum(tensor(4)), [4]);
    });
  });

  test('sums whole numbers and booleans', () => {
    tidy(() => {
      const x = tensor([1, 2, 3, 4], [2, 2], 'int32');
      expect(sum(x, 0).dtype).toBe('int32');
      expectAllClose(sum(x, 0), [4, 6]);
      expectAllClose(sum(tensor([true, false, true], [3], 'bool')), [2]);
    });
  });

  test('passes NaN and infinities on', () => {
    tidy(() => {
      const x = tensor([1, NaN, Infinity, 2, 3, 4], [2, 3]);
      expect([...sum(x, 0).dataSync()]).toEqual([3, NaN, Infinity]);
      expect([...sum(x, 1).dataSync()]).toEqual([NaN, 9]);
    });
  });
});

describeBuilds('Sum of many numbers', (build) => {
  test('is no further from the truth than adding one after the other', () => {
    const [rows, columns] = [4000, 40];
    const values = floats(rows * columns, 8).map((value) => value + 1);
    tidy(() => {
      const x = tensor(values, [rows, columns]);
      const errors = (actual: Tensor, expected: readonly number[]): number =>
        actual
          .dataSync<'float32'>()
          .reduce((t, value, i) => Math.max(t, Math.abs(value / expected[i]! - 1)), 0);
      const bound = build === 'none' ? 1e-4 : 2e-6;
      expect(errors(sum(x, 0), reference(values, [rows, columns], [0]))).toBeLessThan(bound);
      expect(errors(sum(x), reference(values, [rows, columns], [0, 1]))).toBeLessThan(bound);
    });
  });

  test('is the same at every call', () => {
    tidy(() => {
      const x = tensor(floats(700 * 33, 9), [700, 33]);
      const once = sum(x, 0).dataSync();
      expect(sum(x, 0).dataSync()).toEqual(once);
      // Columns do not depend on the width.
      const narrow = tensor(
        floats(700 * 33, 9).filter((_, i) => i % 33 < 2),
        [700, 2],
      );
      if (build !== 'none') expect(sum(narrow, 0).dataSync()).toEqual(once.subarray(0, 2));
    });
  });

  test('takes the axis as one number, as kernels are called', () => {
    tidy(() => {
      const out = engine().runKernel(Sum, { x: zeros([2, 3]) }, { axis: 0, keepDims: false });
      expect((out as unknown as Tensor).shape).toEqual([3]);
    });
  });
});
