import {
  cast,
  gather,
  grad,
  mul,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  unsortedSegmentSum as op,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { unsortedSegmentSum } from '@secateur/backend/kernels';
import { describeBackend, expectAllClose } from '@secateur/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('unsortedSegmentSum', () => {
  test('adds rows with one id and leaves out ids outside the range', () => {
    const out = new Float32Array(6);
    unsortedSegmentSum(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, -1, 2, 3], 2, out);
    expect(Array.from(out)).toEqual([0, 0, 0, 0, 6, 8]);
  });
  test('keeps the total when every id is in range', () => {
    const rows = fc.array(fc.record({ id: fc.nat(4), value: fc.integer({ min: -99, max: 99 }) }));
    fc.assert(
      fc.property(rows, (entries) => {
        const out = new Int32Array(5);
        const values = Int32Array.from(entries, ({ value }) => value);
        unsortedSegmentSum(
          values,
          entries.map(({ id }) => id),
          1,
          out,
        );
        expect(out.reduce((a, b) => a + b, 0)).toBe(values.reduce((a, b) => a + b, 0));
      }),
    );
  });
});

describeBackend('UnsortedSegmentSum', () => {
  test('sums rows by segment, in float32 and int32', () => {
    tidy(() => {
      const ids = tensor1d([1, 0, 1], 'int32');
      const x = tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      expectAllClose(op(x, ids, 3), [3, 4, 6, 8, 0, 0]);
      const whole = op(cast(x, 'int32'), ids, 3);
      expect(whole.dtype).toBe('int32');
      expect(whole.shape).toEqual([3, 2]);
      expectAllClose(whole, [3, 4, 6, 8, 0, 0]);
    });
  });
  test('takes ids of rank 2, each with a row', () => {
    tidy(() => {
      const ids = tensor2d(
        [
          [0, 2],
          [2, 2],
        ],
        [2, 2],
        'int32',
      );
      const x = tensor3d([
        [[1], [2]],
        [[3], [4]],
      ]);
      expectAllClose(op(x, ids as unknown as Tensor1D, 3), [1, 0, 9]);
    });
  });
  test('gives the gradient of an embedding: repeated rows add up, absent ones get zero', () => {
    tidy(() => {
      const ids = tensor1d([3, 1, 3], 'int32');
      const weights = tensor2d([
        [1, 10],
        [2, 20],
        [4, 40],
      ]);
      const slope = grad((table) => sum(mul(gather(table, ids), weights)))(
        tensor2d([
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ]),
      );
      expectAllClose(slope, [0, 0, 2, 20, 0, 0, 5, 50]);
    });
  });
});
