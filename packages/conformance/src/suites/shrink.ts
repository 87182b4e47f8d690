import { dispose, tensor1d } from '@tensorflow/tfjs-core';
import { shrinkWeight } from '@secateur/backend/kernels';
import { expectAllClose, factorChoices, factors, made } from '@secateur/testing/numeric';
import { describe, expect, test } from 'vitest';
import { read } from '../read.ts';
import { weightShapes } from './penalized.ts';

/**
 * The threshold's rule in float64: what is smaller becomes 0. Fails when a value is so near the threshold that rounding
 * would decide.
 */
export function thresholded(values: Float64Array, threshold: number): Float64Array {
  return values.map((value) => {
    expect(Math.abs(Math.abs(value) - threshold), 'room to the threshold').toBeGreaterThan(1e-6);
    return Math.abs(value) < threshold ? 0 : value;
  });
}

/** Tests of the kernel `ShrinkWeight`. */
export function shrinkSuite(): void {
  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(weightShapes)('agrees with float64 for [%i, %i]', async (rows, columns) => {
      const { values, x } = made([rows, columns], 3);
      const { row, column, given } = factors(choice, rows, columns);
      const expected = Float64Array.from(values, (weight, at) => {
        const byRow = given.rows === undefined ? 1 : row(Math.floor(at / columns));
        return weight * byRow * (given.columns === undefined ? 1 : column(at % columns));
      });
      const [plain, cut] = await read(() => [
        shrinkWeight(x, given, 0),
        shrinkWeight(x, given, 0.415),
      ]);
      expect(cut!.shape).toEqual([rows, columns]);
      expectAllClose(plain!.data, expected);
      const zeroed = thresholded(expected, 0.415);
      expectAllClose(cut!.data, zeroed);
      expect([...cut!.data].map((value) => value === 0)).toEqual(
        [...zeroed].map((value) => value === 0),
      );
      const [after] = await read(() => [x.clone()]);
      expect(after!.data, 'the weight afterwards').toEqual(values);
      dispose([x, ...Object.values(given)]);
    });
  });
  test('zeroes |w| < tau and keeps |w| = tau and what has diverged', async () => {
    const tau = Math.fround(1e-4);
    const below = Math.fround(tau * (1 - 2 ** -24));
    const weights = [0, 5e-5, -5e-5, below, -below, tau, -tau, 2, -3, NaN, Infinity, -Infinity];
    const [found] = await read(() => [shrinkWeight(tensor1d(weights), {}, 1e-4)]);
    expect([...found!.data].map((value) => value + 0)).toEqual(
      [0, 0, 0, 0, 0, tau, -tau, 2, -3, NaN, Infinity, -Infinity].map((value) => value + 0),
    );
  });
}
