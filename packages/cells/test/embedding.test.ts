import {
  grad,
  mul,
  sum,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { embedding } from '@secateur/cells';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

describeBackend('embedding', () => {
  test('returns the row of each id', () => {
    tidy(() => {
      const table = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      const rows = embedding(tensor2d([2, 0, 2, 1, 1, 0], [2, 3], 'int32'), table);
      expect(rows.shape).toEqual([2, 3, 2]);
      expectAllClose(rows, [5, 6, 1, 2, 5, 6, 3, 4, 3, 4, 1, 2]);
    });
  });

  test('adds up the gradients of an id that occurs twice and leaves unused rows at zero', () => {
    tidy(() => {
      const ids = tensor2d([2, 0, 2], [1, 3], 'int32');
      const weights = tensor3d([1, 10, 2, 20, 4, 40], [1, 3, 2]);
      const slope = grad((table: Tensor) => sum(mul(embedding(ids, table as Tensor2D), weights)))(
        zeros([4, 2]),
      );
      expectAllClose(slope, [2, 20, 0, 0, 5, 50, 0, 0]);
    });
  });

  test('refuses ids outside of the table and ids that are not int32', () => {
    tidy(() => {
      const table = zeros([3, 2]) as Tensor2D;
      expect(() => embedding(tensor2d([[0, 3]], [1, 2], 'int32'), table)).toThrow(
        'embedding: expected ids from 0 to 2, found 3; check that the vocabulary',
      );
      expect(() => embedding(tensor2d([[-1]], [1, 1], 'int32'), table)).toThrow('found -1');
      expect(() => embedding(tensor2d([[0]]), table)).toThrow(
        expect.objectContaining({ code: 'tensors' }),
      );
      expect(() => embedding(tensor2d([[0]]), table)).toThrow(
        'embedding: expected ids to be int32 [batch, time], found float32 [1, 1]',
      );
    });
  });
});
