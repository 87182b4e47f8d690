import { oneHot, reverse, tensor1d, tensor2d, tidy, where } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';

const flags = (count: number, step: number): boolean[] =>
  Array.from({ length: count }, (_, i) => i % step === 0);

describeBackend('kernels of booleans and whole numbers', () => {
  test.each([1, 3, 4, 100, 5000])(
    'where chooses among %i booleans, and writes no others',
    (count) => {
      tidy(() => {
        const [condition, t, e] = [2, 3, 5].map((step) => tensor1d(flags(count, step), 'bool'));
        const beside = tensor1d(new Float32Array(count).fill(7));
        const chosen = where(condition!, t!, e!);
        const expected = flags(count, 2).map((flag, i) => Number(flag ? i % 3 === 0 : i % 5 === 0));
        expect(chosen.dtype).toBe('bool');
        expect([...chosen.dataSync()]).toEqual(expected);
        expect(beside.dataSync().every((x) => x === 7)).toBe(true);
      });
    },
  );
  test('where chooses among numbers as before', () => {
    tidy(() => {
      const condition = tensor1d([true, false], 'bool');
      const numbers = where(condition, tensor1d([1.5, 2.5]), tensor1d([NaN, -1]));
      expect([...numbers.dataSync()]).toEqual([1.5, -1]);
      const whole = where(condition, tensor1d([1, 2], 'int32'), tensor1d([3, 4], 'int32'));
      expect([...whole.dataSync()]).toEqual([1, 4]);
    });
  });
  test('a mask is reversed', () => {
    tidy(() => {
      const mask = tensor2d(
        [
          [1, 1, 0],
          [1, 0, 0],
        ],
        [2, 3],
        'bool',
      );
      const reversed = reverse(mask, 1);
      expect(reversed.dtype).toBe('bool');
      expect([...reversed.dataSync()]).toEqual([0, 1, 1, 0, 0, 1]);
    });
  });
  test.each(['int32', 'float32', 'bool'] as const)('oneHot makes rows of %s', (dtype) => {
    tidy(() => {
      const rows = oneHot(tensor1d([1, 0, -1, 5], 'int32'), 3, 1, 0, dtype);
      expect(rows.dtype).toBe(dtype);
      expect([...rows.dataSync()]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    });
  });
});
