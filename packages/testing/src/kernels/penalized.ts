import { dispose, scalar, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import {
  composedPenalizedGradient,
  composedPenalizedSquaredNorm,
  contracts,
  penalizedGradient,
  penalizedSquaredNorm,
  type PenalizedInputs,
} from '@secateur/backend/kernels';
import { expect, test } from 'vitest';
import { read } from '../read.ts';
import { largeWeight, penalizedReference, takesFactors, weightSizes } from './matrices.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

/** A list of ones with another number at a place. */
const onesBut = (value: number, place: number): number[] =>
  [0, 1, 2, 3, 4, 5].map((i) => (i === place ? value : 1));

/** Tests of the kernel `PenalizedGradient`. */
export function penalizedGradientSuite(options?: SuiteOptions): void {
  kernelSuite(
    {
      contract: contracts.PenalizedGradient,
      caller: 'penalizedGradient',
      call: (inputs: PenalizedInputs) => [penalizedGradient(inputs)],
      composed: composedPenalizedGradient,
      sizes: weightSizes,
      attributes: [{}],
      takes: takesFactors,
      reference: (values, _, sizes) => [penalizedReference(values, sizes)],
      exact: 'reference',
    },
    options,
  );

  test('adds the weight times the factors of its row and column, then scales', async () => {
    const [slope] = await read(() => [
      penalizedGradient({
        gradient: tensor2d([1, 2, 3, 4], [2, 2]),
        weight: tensor2d([1, -1, 2, 0], [2, 2]),
        rows: tensor1d([10, 20]),
        columns: tensor1d([1, 2]),
        scale: scalar(0.5),
      }),
    ]);
    expect([...slope!.data]).toEqual([6, -5, 22.5, 2]);
  });

  test.each([NaN, Infinity, -Infinity])('lets %s through wherever it comes from', async (bad) => {
    const slopes = await read(() => {
      const ones = tensor1d(onesBut(1, 0));
      return [
        ...[0, 4, 5].map((place) =>
          penalizedGradient({
            gradient: tensor1d(onesBut(bad, place)),
            weight: ones,
            columns: ones,
          }),
        ),
        penalizedGradient({ gradient: ones, weight: tensor1d(onesBut(bad, 1)), columns: ones }),
        penalizedGradient({ gradient: ones, weight: ones, columns: tensor1d(onesBut(bad, 2)) }),
        penalizedGradient({ gradient: ones, weight: ones, scale: scalar(NaN) }),
      ];
    });
    const only = (place: number): boolean[] => onesBut(1, 0).map((_, i) => i !== place);
    expect(slopes.map(({ data }) => [...data].map(Number.isFinite))).toEqual([
      ...[0, 4, 5, 1, 2].map(only),
      onesBut(1, 0).map(() => false),
    ]);
  });

  test('refuses factors without a weight, and factors that do not fit it', () => {
    const [weight, three] = [zeros([2, 3]), tensor1d([3, 4, 5])];
    expect(() => penalizedGradient({ gradient: three, columns: three })).toThrow(
      'penalizedGradient: expected the weight that the factors belong to, found none; pass it with them.',
    );
    const rows = tensor1d([1, 1, 1, 1]);
    expect(() => penalizedGradient({ gradient: weight, weight, rows })).toThrow(
      'found 4 rows and no columns',
    );
    dispose([weight, three, rows]);
  });
}

/** Tests of the kernel `PenalizedSquaredNorm`. */
export function penalizedNormSuite(options?: SuiteOptions): void {
  kernelSuite(
    {
      contract: contracts.PenalizedSquaredNorm,
      caller: 'penalizedSquaredNorm',
      call: (inputs: PenalizedInputs) => [penalizedSquaredNorm(inputs)],
      composed: composedPenalizedSquaredNorm,
      sizes: [
        ...weightSizes,
        ...[127, 4096, 4097, 3 * 4096 + 5].map((columns) => ({
          '...shape': [2, columns],
          rows: 2,
          columns,
        })),
      ],
      large: [largeWeight],
      attributes: [{}],
      takes: takesFactors,
      reference: (values, _, sizes) => {
        const slopes = penalizedReference(values, sizes);
        return [[slopes.reduce((total, value) => total + value * value, 0)]];
      },
      close: { rtol: 1e-6, atol: 0 },
      closeInFloat32: { rtol: 1e-4, atol: 0 },
    },
    options,
  );

  test('adds up the squares of the penalized gradient', async () => {
    const [squares] = await read(() => [
      penalizedSquaredNorm({
        gradient: tensor2d([1, 2, 3, 4], [2, 2]),
        weight: tensor2d([1, -1, 2, 0], [2, 2]),
        rows: tensor1d([10, 20]),
        columns: tensor1d([1, 2]),
      }),
    ]);
    // 12^2 + 10^2 + 45^2 + 4^2.
    expect(squares!.data[0]).toBe(2285);
  });

  test.each([NaN, Infinity, -Infinity])('is not finite when %s is anywhere', async (bad) => {
    const squares = await read(() => {
      const ones = tensor1d(onesBut(1, 0));
      return [0, 4, 5].flatMap((place) => {
        const one = tensor1d(onesBut(bad, place));
        return [
          penalizedSquaredNorm({ gradient: one, weight: ones }),
          penalizedSquaredNorm({ gradient: ones, weight: one, columns: ones }),
          penalizedSquaredNorm({ gradient: ones, weight: ones, columns: one }),
        ];
      });
    });
    const expected = Number.isNaN(bad) ? NaN : Infinity;
    expect(squares.map(({ data }) => data[0])).toEqual(squares.map(() => expected));
  });

  test('is 0 for zeros', async () => {
    const [none] = await read(() => [penalizedSquaredNorm({ gradient: zeros([300]) })]);
    expect(none!.data[0]).toBe(0);
  });

  test('refuses factors that do not fit the weight', () => {
    const [weight, columns, rows] = [zeros([2, 3]), tensor1d([1, 2]), tensor1d([1])];
    expect(() => penalizedSquaredNorm({ gradient: weight, weight, columns, rows })).toThrow(
      'penalizedSquaredNorm: expected factors of rows and columns that fit a weight of 6 entries, found 1 rows and 2 columns; columns are the last axis and rows all axes before it.',
    );
    dispose([weight, columns, rows]);
  });
}
