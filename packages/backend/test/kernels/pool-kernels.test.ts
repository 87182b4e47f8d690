import {
  avgPool,
  getBackend,
  grad,
  maxPool,
  maxPool3d,
  mul,
  sum,
  tensor,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tidy,
} from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose, finiteDifference, numbers } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

/** Why the tests with NaN skip native TensorFlow. */
const dropsNaN = "TensorFlow's own MaxPool takes the largest number beside a NaN";

type Pool = (x: Tensor) => Tensor;

const column = (values: number[]): Tensor => tensor(values, [1, values.length, 1, 1]);
const pairs: Pool = (x) => maxPool(x as Tensor4D, [2, 1], [2, 1], 'valid');

/** The gradient of the sum of what `pool` gives, each entry times its number in `dy`. */
const slope = (pool: Pool, x: Tensor, dy: number[]): number[] =>
  tidy(() => {
    const upstream = tensor(dy, pool(x).shape);
    return [...grad((given) => sum(mul(pool(given), upstream)))(x).dataSync()];
  });

describeBackend('pooling', () => {
  describe('the gradient of a maximum', () => {
    test.each([
      ['positive numbers', [1, 3, 5, 2]],
      ['negative numbers', [-3, -1, -2, -5]],
      ['one window of negative numbers', [-3, 1, -2, -5]],
      ['zeros among negative numbers', [-1, 0, -0, -2]],
    ])('goes to the maximum of %s', (_, values) => {
      tidy(() => {
        expect(slope(pairs, column(values), [10, 20])).toEqual([0, 10, 20, 0]);
      });
    });
    test('goes to the first of several maxima', () => {
      tidy(() => {
        expect(slope(pairs, column([2, 2, -1, -1]), [10, 20])).toEqual([10, 0, 20, 0]);
      });
    });
    test('goes to NaN', (context) => {
      if (getBackend() === 'tensorflow') context.skip(dropsNaN);
      tidy(() => {
        expect(slope(pairs, column([2, NaN, NaN, 1]), [10, 20])).toEqual([0, 10, 20, 0]);
      });
    });
    test('adds up where windows overlap', () => {
      tidy(() => {
        const pool: Pool = (x) => maxPool(x as Tensor4D, [2, 1], [1, 1], 'valid');
        expect(slope(pool, column([-4, -1, -3]), [10, 20])).toEqual([0, 30, 0]);
      });
    });
  });

  test('a maximum of NaN is NaN', (context) => {
    if (getBackend() === 'tensorflow') context.skip(dropsNaN);
    tidy(() => {
      expect([...pairs(column([NaN, 2, 1, NaN])).dataSync()]).toEqual([NaN, NaN]);
    });
  });

  test('a maximum of negative numbers is negative, in images and volumes', () => {
    tidy(() => {
      for (const channels of [1, 3, 4, 9]) {
        const values = Array.from(numbers(8 * channels, 3), (value) => value - 2);
        const expected = Array.from({ length: channels }, (_, c) =>
          Math.max(...values.filter((__, i) => i % channels === c)),
        );
        const volume = tensor(values, [1, 2, 2, 2, channels]) as Tensor5D;
        expectAllClose(maxPool3d(volume, 2, 1, 'valid'), expected);
        if (getBackend() === 'tensorflow') continue; // See dropsNaN.
        values[channels - 1] = NaN;
        const lost = tensor(values, [1, 2, 2, 2, channels]) as Tensor5D;
        const actual = [...maxPool3d(lost, 2, 1, 'valid').dataSync()];
        expect(actual.map(Number.isNaN)).toEqual(expected.map((__, c) => c === channels - 1));
      }
    });
  });

  test('means of NaN are NaN', () => {
    tidy(() => {
      const means = avgPool(column([1, NaN, -2, -4]) as Tensor4D, [2, 1], [2, 1], 'valid');
      expect([...means.dataSync()]).toEqual([NaN, -3]);
    });
  });

  test.each([
    ['a mean', (x: Tensor) => avgPool(x as Tensor4D, 3, 2, 'same')],
    ['a maximum', (x: Tensor) => maxPool(x as Tensor4D, 3, 2, 'same')],
  ])('the gradient of %s beside padding is that of finite differences', (_, pool) => {
    tidy(() => {
      const shape = [1, 4, 5, 2];
      // Further apart than the differences reach.
      const values = Float64Array.from({ length: 40 }, (_value, i) => ((i * 17) % 40) / 10 - 3);
      const dy = [...numbers(12, 8)];
      const total = (x: Float64Array): number => {
        const given = tensor(Float32Array.from(x), shape);
        return Array.from(pool(given).dataSync()).reduce((all, y, i) => all + y * dy[i]!, 0);
      };
      const actual = slope(pool, tensor(Float32Array.from(values), shape), dy);
      const expected = finiteDifference(total, values, 1e-2);
      expectAllClose(actual, expected, { atol: 2e-4, rtol: 1e-3 });
    });
  });
});
