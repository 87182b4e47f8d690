import {
  all,
  any,
  argMax,
  cast,
  denseBincount,
  max,
  mean,
  min,
  pad,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { groupSquaredNorms } from '@secateur/backend/kernels';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { readAll } from '../values.ts';

const plain = (values: readonly ArrayLike<number>[]): number[][] =>
  values.map((x) => Array.from(x));

describeWebgpu('kernels that move numbers', () => {
  test('whole numbers and booleans that became floats are read as floats by our programs', async () => {
    const found = await readAll(() => {
      const x = cast(tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 'float32');
      const flags = cast(tensor2d([1, 0, 1, 1], [2, 2], 'bool'), 'float32');
      return [...groupSquaredNorms(x, [0, 1]), ...groupSquaredNorms(flags, [0, 1])];
    });
    expect(plain(found)).toEqual([
      [5, 25],
      [10, 20],
      [1, 2],
      [2, 1],
    ]);
  });

  describe.each(['float32', 'int32', 'bool'] as const)('of %s', (dtype) => {
    const ones = (count: number): number[] => Array.from({ length: count }, (_, i) => i % 2);
    test('are transposed, of any rank', async () => {
      const found = await readAll(() => [
        transpose(tensor(ones(3), [3], dtype), [0]),
        transpose(tensor(ones(6), [2, 3], dtype), [1, 0]),
        transpose(tensor(ones(12), [2, 3, 2], dtype), [2, 0, 1]),
        transpose(tensor(ones(16), [1, 2, 2, 2, 2], dtype), [4, 3, 2, 1, 0]),
        transpose(tensor(ones(8), [2, 1, 2, 1, 2, 1], dtype), [4, 1, 0, 3, 2, 5]),
      ]);
      expect(plain(found)).toEqual([
        [0, 1, 0],
        [0, 1, 1, 0, 0, 1],
        [...new Array<number>(6).fill(0), ...new Array<number>(6).fill(1)],
        [...new Array<number>(8).fill(0), ...new Array<number>(8).fill(1)],
        [...new Array<number>(4).fill(0), ...new Array<number>(4).fill(1)],
      ]);
    });
    test('are padded along five axes', async () => {
      const found = await readAll(() => [
        pad(tensor([1, 1], [1, 1, 2, 1, 1], dtype), [
          [0, 0],
          [0, 0],
          [1, 2],
          [0, 0],
          [0, 0],
        ]),
      ]);
      expect(plain(found)).toEqual([[0, 1, 1, 0, 0]]);
    });
  });

  test('numbers of every type are reduced along any axis', async () => {
    const found = await readAll(() => {
      const whole = tensor([5, -2, 3, 7, 1, 4], [3, 2], 'int32');
      const flags = tensor([1, 0, 1, 1, 1, 0], [3, 2], 'bool');
      return [
        sum(whole, 0),
        max(whole, 0),
        min(whole, 0, true),
        mean(whole, 0),
        argMax(whole, 0),
        argMax(tensor1d([1, 9, 3])),
        all(flags, 0),
        any(flags, 0),
        mean(flags, 0),
        max(whole, [0, 1]),
      ];
    });
    expect(plain(found)).toEqual([
      [9, 9],
      [5, 7],
      [1, -2],
      [3, 3],
      [0, 1],
      [1],
      [1, 0],
      [1, 1],
      [1, Math.fround(1 / 3)],
      [7],
    ]);
  });

  test('the place of a maximum in a vector is a scalar', async () => {
    const found = tidy(() => argMax(tensor1d([1, 9, 3])));
    expect(found.shape).toEqual([]);
    expect(await found.data()).toEqual(Int32Array.of(1));
    found.dispose();
  });

  test('numbers are counted, weighed, or only found', async () => {
    const found = await readAll(() => {
      const x = tensor2d([0, 1, 1, 3], [2, 2], 'int32');
      return [
        denseBincount(x, [] as number[], 3),
        denseBincount(x, tensor2d([0.5, 1, 2, 4], [2, 2]), 3),
        denseBincount(tensor1d([2, 2], 'int32'), [] as number[], 3, true),
      ];
    });
    expect(plain(found)).toEqual([
      [1, 1, 0, 0, 1, 0],
      [0.5, 1, 0, 0, 2, 0],
      [0, 0, 1],
    ]);
  });
});
