import {
  fused,
  grads,
  matMul,
  memory,
  ones,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { expectAllClose } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { draw, stockOperations } from './handles.ts';

/** `op(a) op(b)` in float64; `a` is `[m, k]` or, transposed, `[k, m]`, and `b` likewise. */
function reference(
  a: Float32Array,
  b: Float32Array,
  [m, k, n]: readonly [number, number, number],
  [ta, tb]: readonly [boolean, boolean],
): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let l = 0; l < k; l++) {
      sum += (ta ? a[l * m + i]! : a[i * k + l]!) * (tb ? b[j * k + l]! : b[l * n + j]!);
    }
    return sum;
  });
}

await describeNative('products', () => {
  beforeAll(() => useBackend('node'));

  for (const size of [
    [1, 1, 1],
    [5, 1, 3],
    [1, 17, 1],
    [7, 33, 13],
    [3, 0, 2],
  ] as const) {
    test(`of ${size.join(' x ')} agree with float64 in every orientation, with a bias and without`, () => {
      const [m, k, n] = size;
      const before = memory().numTensors;
      for (const ta of [false, true]) {
        for (const tb of [false, true]) {
          tidy(() => {
            const [a, b, bias] = [draw(m * k, 1), draw(k * n, 2), draw(n, 3)] as const;
            const expected = reference(a, b, size, [ta, tb]);
            const left = tensor2d(a, ta ? [k, m] : [m, k]);
            const right = tensor2d(b, tb ? [n, k] : [k, n]);
            expectAllClose(matMul(left, right, ta, tb), expected);
            const biased = fused.matMul({
              a: left,
              b: right,
              transposeA: ta,
              transposeB: tb,
              bias: tensor1d(bias),
            });
            expectAllClose(
              biased,
              expected.map((value, at) => value + bias[at % n]!),
            );
          });
        }
      }
      expect(memory().numTensors).toBe(before);
    });
  }

  test('of matrices in any form, and their gradients, are none of the slower BatchMatMulV2', () => {
    const names = stockOperations(() => {
      const [a, b, bias] = [draw(6, 1), draw(8, 2), draw(4, 3)] as const;
      const expected = reference(a, b, [3, 2, 4], [false, false]);
      // `fused.matMul` makes batches of one out of its matrices.
      const slopes = grads((x, y) => fused.matMul({ a: x, b: y, bias: tensor1d(bias) }));
      const [da, db] = slopes([tensor2d(a, [3, 2]), tensor2d(b, [2, 4])], ones([3, 4]));
      const dy = new Float32Array(12).fill(1);
      expectAllClose(da!, reference(dy, b, [3, 4, 2], [false, true]));
      expectAllClose(db!, reference(a, dy, [2, 3, 4], [true, false]));
      const batches = matMul(tensor3d(a, [1, 3, 2]), tensor3d(b, [1, 2, 4]));
      expect(batches.shape).toEqual([1, 3, 4]);
      expectAllClose(batches, expected);
    });
    expect(names.filter((name) => name.startsWith('BatchMatMul'))).toEqual([]);
  });

  test('leave batches, activations and single-number biases right', () => {
    tidy(() => {
      const a = tensor3d([1, 2, 3, 4], [2, 1, 2]);
      expectAllClose(matMul(a, tensor3d([1, 1, 1, 2], [2, 2, 1])), [3, 11]);
      const [x, y] = [tensor2d([1, -2], [1, 2]), tensor2d([1, 0, 0, 1], [2, 2])];
      expectAllClose(fused.matMul({ a: x, b: y, activation: 'relu' }), [1, 0]);
      expectAllClose(fused.matMul({ a: x, b: y, bias: tensor1d([10]) }), [11, 8]);
    });
  });
});
