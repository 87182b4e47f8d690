import { dispose, scalar, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { penalizedGradient, penalizedSquaredNorm } from '@secateur/backend/kernels';
import {
  expectAllClose,
  factorChoices,
  factors,
  made,
  matrices,
  sizeOf,
  type FactorChoice,
} from '@secateur/testing/numeric';
import { describe, expect, test } from 'vitest';
import { read } from '../read.ts';

/** The fixture's matrices and some round the sizes of workgroups. */
export const weightShapes: readonly (readonly [rows: number, columns: number])[] = [
  ...matrices,
  [16, 17],
  [63, 65],
  [2, 256],
  [257, 1],
  [1, 257],
];

/** A gradient and a weight with factors, as tensors, and the penalized gradient in float64, before any scale. */
export function penalizedFixture(
  choice: FactorChoice,
  rows: number,
  columns: number,
): {
  readonly tensors: Parameters<typeof penalizedSquaredNorm>[0] & { readonly weight: object };
  readonly weights: Float32Array;
  readonly expected: Float64Array;
} {
  const gradient = made([rows, columns], 1);
  const weight = made([rows, columns], 2);
  const { row, column, given } = factors(choice, rows, columns);
  const expected = Float64Array.from({ length: sizeOf([rows, columns]) }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return gradient.values[at]! + weight.values[at]! * (row(i) + column(j));
  });
  return {
    tensors: { gradient: gradient.x, weight: weight.x, ...given },
    weights: weight.values,
    expected,
  };
}

/** Tests of the kernel `PenalizedGradient`. */
export function penalizedGradientSuite(): void {
  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(weightShapes)('agrees with float64 for [%i, %i]', async (rows, columns) => {
      const { tensors, weights, expected } = penalizedFixture(choice, rows, columns);
      const scale = scalar(0.3);
      const [plain, scaled] = await read(() => [
        penalizedGradient(tensors),
        penalizedGradient({ ...tensors, scale }),
      ]);
      expect(plain!.shape).toEqual([rows, columns]);
      expectAllClose(plain!.data, expected);
      expectAllClose(
        scaled!.data,
        expected.map((value) => Math.fround(0.3) * value),
      );
      const [after] = await read(() => [tensors.weight!.clone()]);
      expect(after!.data, 'the weight afterwards').toEqual(weights);
      dispose({ ...tensors, scale } as never);
    });
  });
  test('reads a weight of any rank as a matrix with its last axis as columns', async () => {
    const [gradient, weight] = [made([2, 3, 5], 1), made([2, 3, 5], 2)];
    const { row, column, given } = factors('both', 6, 5);
    const [found] = await read(() => [
      penalizedGradient({ gradient: gradient.x, weight: weight.x, ...given }),
    ]);
    expect(found!.shape).toEqual([2, 3, 5]);
    expectAllClose(
      found!.data,
      Float64Array.from({ length: 30 }, (_, at) => {
        const factor = row(Math.floor(at / 5)) + column(at % 5);
        return gradient.values[at]! + weight.values[at]! * factor;
      }),
    );
    dispose([gradient.x, weight.x, ...Object.values(given)]);
  });
  test('lets NaN through wherever it comes from', async () => {
    const at = (place: number): number[] => [0, 1, 2, 3, 4].map((i) => (i === place ? NaN : 1));
    const found = await read(() => [
      penalizedGradient({ gradient: tensor1d(at(0)) }),
      penalizedGradient({
        gradient: tensor1d(at(-1)),
        weight: tensor1d(at(1)),
        columns: tensor1d(at(2)),
      }),
      penalizedGradient({ gradient: tensor1d(at(-1)), scale: scalar(NaN) }),
    ]);
    expect(found.map(({ data }) => [...data].map(Number.isNaN))).toEqual([
      [true, false, false, false, false],
      [false, true, true, false, false],
      [true, true, true, true, true],
    ]);
  });
}

/** Tests of the kernel `PenalizedSquaredNorm`. */
export function penalizedNormSuite(): void {
  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(weightShapes)('agrees with float64 for [%i, %i]', async (rows, columns) => {
      const { tensors, expected } = penalizedFixture(choice, rows, columns);
      const [found] = await read(() => [penalizedSquaredNorm(tensors)]);
      expect(found!.shape).toEqual([]);
      const squares = expected.reduce((total, value) => total + value * value, 0);
      expectAllClose(found!.data, [squares], { rtol: 3e-6, atol: 0 });
      dispose({ ...tensors } as never);
    });
  });
  test('is NaN when an entry is, and 0 for zeros', async () => {
    const [bad, none] = await read(() => [
      penalizedSquaredNorm({ gradient: tensor1d([1, NaN, 1]) }),
      penalizedSquaredNorm({ gradient: zeros([300]) }),
    ]);
    expect([bad!.data[0], none!.data[0]]).toEqual([NaN, 0]);
  });
}
