import { tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { penaltyFactors, type PenaltyFactorsInputs } from '@secateur/backend/kernels';
import { expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { numbers, readAll, soilMemory } from '../values.ts';

/** Two components over five places: the first has places 0 and 1, the second 1 (twice) and 3; nobody has place 4. */
function twoComponents(squares: number[], weighting?: number[]): PenaltyFactorsInputs {
  return {
    squares: tensor1d(squares, 'float32'),
    sources: tensor2d([0, 1, 1, 3, 5, 2], [3, 2], 'int32'),
    sourceFactors: tensor2d([1, 2, 1, 1, 1, 0.5], [3, 2], 'float32'),
    targets: tensor2d([0, 0, 1, 1, 2, 2, 1, 2, 2, 2], [2, 5], 'int32'),
    targetFactors: tensor2d([1, 1, 0.5, 1, 1, 1, 2, 1, 1, 1], [2, 5], 'float32'),
    weighting: weighting === undefined ? undefined : tensor1d(weighting, 'float32'),
  };
}
// Their squared norms: 4 + 5 = 9 and 2 * 5 + 6 + 0.5 * 0 = 16.
const squares = [4, 5, 0, 6, 7];

describeWebgpu('PenaltyFactors', () => {
  const factorsOf = async (
    inputs: () => PenaltyFactorsInputs,
    rule: 'subgradient' | 'proximal',
    lambda: number,
    epsilon = 0,
  ): Promise<number[]> => {
    await soilMemory([2, 5]);
    const [found] = await readAll(() => [penaltyFactors(inputs(), { rule, lambda, epsilon })]);
    return [...found!];
  };

  test('adds up for the subgradient, with and without weights of components', async () => {
    expectAllClose(
      await factorsOf(() => twoComponents(squares), 'subgradient', 12),
      [4, 10, 1.5, 3, 0],
    );
    expectAllClose(
      await factorsOf(() => twoComponents(squares, [2, 10]), 'subgradient', 12),
      [8, 68, 15, 30, 0],
    );
    const dead = await factorsOf(() => twoComponents([0, 0, 0, 0, 1]), 'subgradient', 1, 1e-8);
    expectAllClose(dead, [1e4, 3e4, 0.5e4, 1e4, 0]);
  });

  test('multiplies for the proximal step, and stops at 0', async () => {
    const second = 1.5 / 4;
    expectAllClose(await factorsOf(() => twoComponents(squares), 'proximal', 1.5), [
      0.5,
      0.5 * (1 - 2 * second),
      1 - 0.5 * second,
      1 - second,
      1,
    ]);
    expectAllClose(await factorsOf(() => twoComponents(squares), 'proximal', 3.5), [
      0,
      0,
      1 - 0.5 * (3.5 / 4),
      0.125,
      1,
    ]);
    expect(await factorsOf(() => twoComponents([0, 0, 0, 0, 0]), 'proximal', 1)).toEqual([
      0, 0, 0, 0, 1,
    ]);
  });

  test('a norm that is not finite gives NaN, in its own places only', async () => {
    for (const rule of ['subgradient', 'proximal'] as const) {
      for (const bad of [NaN, Infinity]) {
        const found = await factorsOf(() => twoComponents([bad, 5, 0, 6, 7]), rule, 1);
        expect(found.map(Number.isNaN)).toEqual([true, true, false, false, false]);
      }
    }
  });

  test('takes more components and places than a workgroup has lanes', async () => {
    const count = 131;
    const values = numbers(count, 1).map(Math.abs);
    const index = Int32Array.from({ length: count }, (_, k) => (k * 7) % count);
    const back = new Int32Array(count);
    index.forEach((place, k) => (back[place] = k));
    const ones = new Float32Array(count).fill(1);
    const found = await factorsOf(
      () => ({
        squares: tensor1d(values),
        sources: tensor2d(index, [1, count], 'int32'),
        sourceFactors: tensor2d(ones, [1, count]),
        targets: tensor2d(back, [1, count], 'int32'),
        targetFactors: tensor2d(ones, [1, count]),
      }),
      'subgradient',
      2,
    );
    expectAllClose(
      found,
      values.map((value) => 2 / Math.sqrt(value)),
    );
  });

  test('has neutral factors where there are no components, and none where there are no places', async () => {
    const empty = (dtype: 'int32' | 'float32', shape: [number, number]): Tensor =>
      tensor2d([], shape, dtype);
    const noComponents = (): PenaltyFactorsInputs =>
      ({
        squares: tensor1d([1, 2]),
        sources: empty('int32', [1, 0]),
        sourceFactors: empty('float32', [1, 0]),
        targets: tensor2d([0, 0], [1, 2], 'int32'),
        targetFactors: tensor2d([1, 1], [1, 2]),
      }) as PenaltyFactorsInputs;
    expect(await factorsOf(noComponents, 'subgradient', 1)).toEqual([0, 0]);
    expect(await factorsOf(noComponents, 'proximal', 1)).toEqual([1, 1]);
    const noPlaces = (): PenaltyFactorsInputs =>
      ({
        squares: tensor1d([]),
        sources: tensor2d([0, 0], [1, 2], 'int32'),
        sourceFactors: tensor2d([1, 1], [1, 2]),
        targets: empty('int32', [1, 0]),
        targetFactors: empty('float32', [1, 0]),
      }) as PenaltyFactorsInputs;
    expect(await factorsOf(noPlaces, 'proximal', 1)).toEqual([]);
  });
});
