import { tensor1d } from '@tensorflow/tfjs-core';
import { describeBackend } from '@whittle/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextBelow, zeroSmall } from '../src/threshold.ts';

describe('nextBelow', () => {
  test('is one unit in the last place below', () => {
    expect(nextBelow(1)).toBe(1 - 2 ** -24);
    expect(nextBelow(1e-4)).toBeLessThan(Math.fround(1e-4));
    expect(nextBelow(0)).toBe(0);
  });
});

describeBackend('zeroSmall', () => {
  test('zeroes |w| < tau, keeps |w| = tau, and gives no negative zeros', () => {
    const tau = Math.fround(1e-4);
    const [below, above] = [nextBelow(1e-4), Math.fround(1.0001e-4)];
    const w = tensor1d([0, 5e-5, -5e-5, below, -below, tau, -tau, above, -above, 2, -3]);
    const out = zeroSmall(w, 1e-4);
    expect([...out.dataSync()]).toEqual([0, 0, 0, 0, 0, tau, -tau, above, -above, 2, -3]);
    w.dispose();
    out.dispose();
  });

  test('agrees with the elementwise rule in single precision', () => {
    const float = fc.float({ min: -2, max: 2, noNaN: true });
    const positive = fc.float({ min: Math.fround(1e-6), max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 40 }), positive, (values, tau) => {
        const w = tensor1d(values);
        const out = zeroSmall(w, tau);
        const expected = values.map((v) => (Math.abs(v) < Math.fround(tau) ? 0 : v));
        expect([...out.dataSync()].map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
        w.dispose();
        out.dispose();
      }),
      { numRuns: 50 },
    );
  });

  test('keeps what has diverged visible', () => {
    const w = tensor1d([NaN, Infinity, -Infinity]);
    const out = zeroSmall(w, 0.1);
    expect([...out.dataSync()]).toEqual([NaN, Infinity, -Infinity]);
    w.dispose();
    out.dispose();
  });
});
