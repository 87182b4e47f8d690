import {
  grads,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { dense } from '@secateur/cells';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

describeBackend('dense', () => {
  test('maps the last axis whatever the rank', () => {
    tidy(() => {
      const kernel = tensor2d([1, 0, 2, 0, 1, 3], [2, 3]);
      const bias = tensor1d([10, 20, 30]);
      const mapped = dense(tensor3d([1, 2, 3, 4], [2, 1, 2]), kernel, bias);
      expect(mapped.shape).toEqual([2, 1, 3]);
      expectAllClose(mapped, [11, 22, 38, 13, 24, 48]);
      expectAllClose(dense(tensor1d([1, 2]), kernel, bias), [11, 22, 38]);
      expectAllClose(dense(tensor1d([1, 2]), kernel), [1, 2, 8]);
    });
  });

  test('reads a kernel stored [output, input], as a tied embedding is, with its gradients', () => {
    tidy(() => {
      const table = tensor2d([1, 0, 0, 1, 2, 3], [3, 2]);
      const bias = tensor1d([10, 20, 30]);
      const x = tensor3d([1, 2, 3, 4], [2, 1, 2]);
      const options = { transposed: true };
      expectAllClose(dense(x, table, bias, options), [11, 22, 38, 13, 24, 48]);
      expectAllClose(dense(x, table, undefined, options), [1, 2, 8, 3, 4, 18]);
      const [dx, dtable] = grads((from: Tensor, kernel: Tensor) =>
        sum(dense(from, kernel as Tensor2D, bias, options)),
      )([x, table]);
      expectAllClose(dx!, [3, 4, 3, 4]);
      expectAllClose(dtable!, [4, 6, 4, 6, 4, 6]);
      expect(() => dense(zeros([2, 3]), table, bias, options)).toThrow(
        "found float32 [2, 3]; its last axis must match the kernel's second",
      );
    });
  });

  test('differentiates by input, kernel and bias', () => {
    tidy(() => {
      const [dx, dkernel, dbias] = grads((x: Tensor, kernel: Tensor, bias: Tensor) =>
        sum(dense(x, kernel as Tensor2D, bias as Tensor1D)),
      )([tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([5, 6, 7, 8], [2, 2]), tensor1d([0, 0])]);
      expectAllClose(dx!, [11, 15, 11, 15]);
      expectAllClose(dkernel!, [4, 4, 6, 6]);
      expectAllClose(dbias!, [2, 2]);
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      const kernel = zeros([2, 3]) as Tensor2D;
      expect(() => dense(zeros([4, 3]), kernel)).toThrow(
        'dense: expected x to be float32 [..., 2], found float32 [4, 3]',
      );
      expect(() => dense(zeros([4, 2]), kernel, zeros([2]) as Tensor1D)).toThrow(
        'dense: expected bias to be float32 [3], found float32 [2]',
      );
    });
  });
});
