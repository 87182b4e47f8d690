import { tensor1d } from '@tensorflow/tfjs-core';
import { shrinkWeight } from '@secateur/backend/kernels';
import { describeBackend } from '@secateur/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextBelow } from '../../src/fused/shrink-weight.ts';

describe('nextBelow', () => {
  test('is one unit in the last place below', () => {
    expect(nextBelow(1)).toBe(1 - 2 ** -24);
    expect(nextBelow(1e-4)).toBeLessThan(Math.fround(1e-4));
    expect(nextBelow(0)).toBe(0);
  });
});

// Everything else about it is in the suite of all fused kernels.
describeBackend('shrinkWeight', () => {
  test('agrees with the elementwise rule in single precision', () => {
    const float = fc.float({ min: -2, max: 2, noNaN: true });
    const positive = fc.float({ min: Math.fround(1e-6), max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 40 }), positive, (values, tau) => {
        const w = tensor1d(values);
        const out = shrinkWeight(w, {}, tau);
        const expected = values.map((v) => (Math.abs(v) < Math.fround(tau) ? 0 : v));
        expect([...out.dataSync()].map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
        w.dispose();
        out.dispose();
      }),
      { numRuns: 50 },
    );
  });
});
