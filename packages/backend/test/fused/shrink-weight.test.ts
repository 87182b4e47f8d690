import { scalar, tensor1d, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import { composedShrinkWeight, shrinkWeight } from '@secateur/backend/kernels';
import { bitsOf, describeBackend, factorChoices, factors, made, matrices } from '@secateur/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextBelow } from '../../src/fused/shrink-weight.ts';

const round = Math.fround;

describe('nextBelow', () => {
  test('is one unit in the last place below', () => {
    expect(nextBelow(1)).toBe(1 - 2 ** -24);
    expect(nextBelow(1e-4)).toBeLessThan(Math.fround(1e-4));
    expect(nextBelow(0)).toBe(0);
  });
});

describeBackend('shrinkWeight', () => {
  test('multiplies by both factors', () => {
    tidy(() => {
      const w = tensor2d([1, 2, 3, 4], [2, 2]);
      const out = shrinkWeight(w, { rows: tensor1d([1, 0.5]), columns: tensor1d([2, 0]) }, 0);
      expect([...out.dataSync()]).toEqual([2, 0, 3, 0]);
    });
  });

  test('zeroes |w| < tau, keeps |w| = tau, and gives no negative zeros', () => {
    const tau = Math.fround(1e-4);
    const [below, above] = [nextBelow(1e-4), Math.fround(1.0001e-4)];
    const w = tensor1d([0, 5e-5, -5e-5, below, -below, tau, -tau, above, -above, 2, -3]);
    const out = shrinkWeight(w, {}, 1e-4);
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
        const out = shrinkWeight(w, {}, tau);
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
    const out = shrinkWeight(w, {}, 0.1);
    expect([...out.dataSync()]).toEqual([NaN, Infinity, -Infinity]);
    w.dispose();
    out.dispose();
  });

  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(matrices)('rounds like the composed form for [%i, %i]', (rows, columns) => {
      tidy(() => {
        const { values, x } = made([rows, columns], 3);
        const { row, column, given } = factors(choice, rows, columns);
        const [byRow, byColumn] = ['rows' in given, 'columns' in given];
        for (const threshold of [0, 0.4]) {
          const expected = values.map((w, at) => {
            const onRow = byRow ? round(w * row(Math.floor(at / columns))) : w;
            const shrunk = byColumn ? round(onRow * column(at % columns)) : onRow;
            return Math.abs(shrunk) < round(threshold) ? 0 : shrunk;
          });
          const out = shrinkWeight(x, given, threshold);
          expect(out.shape).toEqual([rows, columns]);
          expect([...out.dataSync()]).toEqual([...expected]);
          const [composed] = composedShrinkWeight({ weight: x, ...given }, { threshold });
          expect(bitsOf(out)).toEqual(bitsOf(composed));
        }
      });
    });
  });

  test('turns -0 into 0, also without a threshold', () => {
    tidy(() => {
      const out = shrinkWeight(tensor1d([-1, -0]), { columns: tensor1d([0, 1]) }, 0);
      expect([...out.dataSync()]).toEqual([0, 0]);
    });
  });

  test('refuses what is no weight', () => {
    tidy(() => {
      expect(() => shrinkWeight(zeros([2], 'int32'), {}, 1)).toThrow(
        'shrinkWeight: expected weight to be float32 [2], found int32 [2]',
      );
      expect(() => shrinkWeight(zeros([2]), { rows: scalar(1) as never }, 1)).toThrow(
        'shrinkWeight: expected rows to be float32 [?], found float32 []',
      );
    });
  });
});
