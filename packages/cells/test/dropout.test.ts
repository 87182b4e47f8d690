import { grad, ones, sum, tidy, zeros } from '@tensorflow/tfjs-core';
import { CellError, dropout, dropoutMask } from '@secateur/cells';
import { describeBackend, expectAllClose } from '@secateur/testing';
import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { drawMask } from '../src/draw-mask.ts';

const share = (mask: Float32Array): number =>
  mask.filter((entry) => entry !== 0).length / mask.length;

describe('dropoutMask', () => {
  test('holds 0 and 1 / (1 - rate) only', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, rate) => {
        const allowed = new Set([0, Math.fround(1 / (1 - rate))]);
        return dropoutMask(50, rate, seed).every((entry) => allowed.has(entry));
      }),
    );
  });

  test('drops the asked share, within four standard deviations', () => {
    for (const rate of [0.65, 0.4, 0.1]) {
      const size = 100_000;
      const deviation = Math.sqrt((rate * (1 - rate)) / size);
      expect(Math.abs(share(dropoutMask(size, rate, 3)) - (1 - rate))).toBeLessThan(4 * deviation);
    }
  });

  test('is the same for the same seed and unlike for neighbouring seeds', () => {
    expect(dropoutMask(1000, 0.5, 42)).toEqual(dropoutMask(1000, 0.5, 42));
    // For independent masks the share of equal entries is 1/2 with a standard deviation of 0.016.
    for (let seed = 0; seed < 50; seed++) {
      const [a, b] = [dropoutMask(1000, 0.5, seed), dropoutMask(1000, 0.5, seed + 1)];
      const equal = a.filter((entry, i) => entry === b[i]).length / 1000;
      expect(Math.abs(equal - 0.5)).toBeLessThan(0.08);
    }
  });

  test('has independent first entries across seeds', () => {
    const kept = Array.from({ length: 4000 }, (_, seed) => dropoutMask(1, 0.5, seed)[0] !== 0);
    expect(Math.abs(kept.filter(Boolean).length / 4000 - 0.5)).toBeLessThan(0.04);
  });

  test('refuses a size that is none, and a rate as text', () => {
    for (const size of [-1, 2.5, Number.NaN]) {
      expect(() => dropoutMask(size, 0.5, 1)).toThrow(
        `dropoutMask: expected the size of a mask to be a whole number of at least 0, found ${size}`,
      );
    }
    expect(() => dropoutMask(4, '0.5' as never, 1)).toThrow('below 1, found "0.5"');
    expect(dropoutMask(0, 0.5, 1)).toHaveLength(0);
  });

  test('refuses a rate outside of [0, 1) and a seed that is no whole number', () => {
    for (const rate of [1, -0.5, 1.01, Number.NaN]) {
      expect(() => dropoutMask(4, rate, 1)).toThrow(
        `dropoutMask: expected a rate of at least 0 and below 1, found ${rate}`,
      );
    }
    expect(() => dropoutMask(4, 0.5, 0.5)).toThrow(CellError);
    expect(() => dropoutMask(4, 0.5, 0.5)).toThrow(
      'dropoutMask: expected the seed to be a whole number, found 0.5',
    );
  });
});

test('draws the numbers of the generator one by one', () => {
  const state = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());
  fc.assert(
    fc.property(state, fc.double({ min: 0.01, max: 1, noNaN: true }), (words, keep) => {
      const random = xoroshiro128plusFromState(words);
      const drawn = [...drawMask(200, keep, xoroshiro128plusFromState(words))];
      expect(drawn).toEqual(drawn.map(() => Number((random.next() >>> 8) / 2 ** 24 < keep)));
    }),
  );
});

test('has the bits that it always had', () => {
  expect([...dropoutMask(12, 0.55, 2)].map(Math.sign)).toEqual([
    0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1,
  ]);
});

describeBackend('dropout', () => {
  test('multiplies by the mask, which is the same on every backend', () => {
    tidy(() => {
      expectAllClose(dropout(ones([20, 10]), 0.4, 5), dropoutMask(200, 0.4, 5), { atol: 0 });
    });
  });

  test('is a copy of its own for rate 0', () => {
    tidy(() => {
      const x = ones([3]);
      const copy = dropout(x, 0, 5);
      x.dispose();
      expectAllClose(copy, [1, 1, 1]);
    });
  });

  test('passes the gradient through the mask', () => {
    tidy(() => {
      const slope = grad((x) => sum(dropout(x, 0.65, 8)))(zeros([6, 5]));
      expectAllClose(slope, dropoutMask(30, 0.65, 8), { atol: 0 });
    });
  });
});
