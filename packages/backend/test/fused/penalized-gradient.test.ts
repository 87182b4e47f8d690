import { scalar, tensor1d, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import {
  composedPenalizedGradient,
  composedPenalizedSquaredNorm,
  penalizedGradient,
  penalizedSquaredNorm,
} from '@secateur/backend/kernels';
import {
  bitsOf,
  describeBackend,
  expectAllClose,
  factorChoices,
  factors,
  made,
  matrices,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';

const round = Math.fround;

/** The penalized gradient with every operation rounded to single precision. */
function reference(
  [rows, columns]: readonly [number, number],
  gradient: Float32Array,
  weight: Float32Array,
  factor: ((i: number, j: number) => number) | undefined,
  scale: number,
): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    const penalty = factor === undefined ? 0 : round(weight[at]! * factor(i, j));
    return round(round(gradient[at]! + penalty) * scale);
  });
}

describeBackend('penalizedGradient', () => {
  test('adds the weight times the factors of its row and column, then scales', () => {
    tidy(() => {
      const gradient = tensor2d([1, 2, 3, 4], [2, 2]);
      const weight = tensor2d([1, -1, 2, 0], [2, 2]);
      const [rows, columns] = [tensor1d([10, 20]), tensor1d([1, 2])];
      const scale = scalar(0.5);
      const out = penalizedGradient({ gradient, weight, rows, columns, scale });
      expect(out.shape).toEqual([2, 2]);
      expect([...out.dataSync()]).toEqual([6, -5, 22.5, 2]);
      const squares = penalizedSquaredNorm({ gradient, weight, rows, columns });
      expect(squares.shape).toEqual([]);
      // 12^2 + 10^2 + 45^2 + 4^2.
      expect(squares.dataSync()[0]).toBe(2285);
    });
  });

  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(matrices)('rounds like the composed form for [%i, %i]', (rows, columns) => {
      tidy(() => {
        const gradient = made([rows, columns], 1);
        const weight = made([rows, columns], 2);
        const { row, column, given } = factors(choice, rows, columns);
        const scale = round(0.3);
        const factor =
          choice === 'none' ? undefined : (i: number, j: number) => round(row(i) + column(j));
        const expected = reference([rows, columns], gradient.values, weight.values, factor, scale);
        const inputs = { gradient: gradient.x, weight: weight.x, ...given };
        const scaled = { ...inputs, scale: scalar(scale) };
        expect([...penalizedGradient(scaled).dataSync()]).toEqual([...expected]);
        expect(bitsOf(penalizedGradient(scaled))).toEqual(
          bitsOf(composedPenalizedGradient(scaled)[0]),
        );
        expect(bitsOf(penalizedGradient(inputs))).toEqual(
          bitsOf(composedPenalizedGradient(inputs)[0]),
        );

        const plain = reference([rows, columns], gradient.values, weight.values, factor, 1);
        const squares = plain.reduce((total, value) => total + value * value, 0);
        expectAllClose(penalizedSquaredNorm(inputs), [squares], { rtol: 1e-6, atol: 0 });
        expectAllClose(composedPenalizedSquaredNorm(inputs)[0], [squares], { rtol: 1e-6, atol: 0 });
      });
    });
  });

  test.each(factorChoices)('adds up a large weight that threads share, factors of %s', (choice) => {
    tidy(() => {
      const gradient = made([1003, 131], 1);
      const weight = made([1003, 131], 2);
      const { row, column, given } = factors(choice, 1003, 131);
      const factor = (i: number, j: number): number => round(row(i) + column(j));
      const plain = reference([1003, 131], gradient.values, weight.values, factor, 1);
      const squares = plain.reduce((total, value) => total + value * value, 0);
      const inputs = { gradient: gradient.x, weight: weight.x, ...given };
      expectAllClose(penalizedSquaredNorm(inputs), [squares], { rtol: 1e-6, atol: 0 });
    });
  });

  test('reads a weight of any rank as a matrix with its last axis as columns', () => {
    tidy(() => {
      const gradient = made([2, 3, 5], 1);
      const weight = made([2, 3, 5], 2);
      const { row, column, given } = factors('both', 6, 5);
      const factor = (i: number, j: number): number => round(row(i) + column(j));
      const out = penalizedGradient({ gradient: gradient.x, weight: weight.x, ...given });
      expect(out.shape).toEqual([2, 3, 5]);
      expect([...out.dataSync()]).toEqual([
        ...reference([6, 5], gradient.values, weight.values, factor, 1),
      ]);
    });
  });

  test('takes scalars, and factors of the first axis alone', () => {
    tidy(() => {
      const one = penalizedGradient({ gradient: scalar(3), weight: scalar(2), scale: scalar(2) });
      expect([one.shape, one.dataSync()[0]]).toEqual([[], 6]);
      const rows = tensor1d([1, 2]);
      const out = penalizedGradient({
        gradient: zeros([2, 1, 2]),
        weight: made([2, 1, 2], 2).x,
        rows,
      });
      expectAllClose(
        out,
        made([2, 1, 2], 2).values.map((w, at) => w * (at < 2 ? 1 : 2)),
      );
    });
  });

  test.each([NaN, Infinity, -Infinity])('lets %s through wherever it comes from', (bad) => {
    tidy(() => {
      const ones = tensor1d([1, 1, 1, 1, 1, 1]);
      const at = (place: number) =>
        tensor1d([0, 1, 2, 3, 4, 5].map((i) => (i === place ? bad : 1)));
      for (const place of [0, 4, 5]) {
        const out = penalizedGradient({ gradient: at(place), weight: ones, columns: ones });
        expect([...out.dataSync()].map(Number.isFinite)).toEqual(
          [0, 1, 2, 3, 4, 5].map((i) => i !== place),
        );
        for (const inputs of [
          { gradient: at(place), weight: ones },
          { gradient: ones, weight: at(place), columns: ones },
          { gradient: ones, weight: ones, columns: at(place) },
        ]) {
          const squares = penalizedSquaredNorm(inputs).dataSync()[0]!;
          expect(squares).toBe(Number.isNaN(bad) ? NaN : Infinity);
        }
      }
      const none = penalizedGradient({ gradient: ones, weight: ones, scale: scalar(NaN) });
      expect([...none.dataSync()]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
    });
  });

  test('needs no weight when there are no factors', () => {
    tidy(() => {
      const gradient = tensor1d([3, 4]);
      expect([...penalizedGradient({ gradient, scale: scalar(2) }).dataSync()]).toEqual([6, 8]);
      expect(penalizedSquaredNorm({ gradient }).dataSync()[0]).toBe(25);
      expect(() => penalizedGradient({ gradient, columns: gradient })).toThrow(
        'penalizedGradient: expected the weight that the factors belong to, found none; pass it with them.',
      );
    });
  });

  test('refuses what does not fit together', () => {
    tidy(() => {
      const weight = zeros([2, 3]);
      expect(() => penalizedGradient({ gradient: zeros([3, 2]), weight })).toThrow(
        'penalizedGradient: expected gradient to be float32 [2, 3], found float32 [3, 2]',
      );
      expect(() =>
        penalizedSquaredNorm({
          gradient: weight,
          weight,
          columns: tensor1d([1, 2]),
          rows: tensor1d([1]),
        }),
      ).toThrow(
        'penalizedSquaredNorm: expected factors of rows and columns that fit a weight of 6 entries, found 1 rows and 2 columns; columns are the last axis and rows all axes before it.',
      );
      expect(() =>
        penalizedGradient({ gradient: weight, weight, rows: tensor1d([1, 1, 1, 1]) }),
      ).toThrow('found 4 rows and no columns');
    });
  });
});
