import {
  conv3d,
  depthwiseConv2d,
  getBackend,
  grads,
  mul,
  sum,
  tensor,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tidy,
} from '@tensorflow/tfjs-core';
import {
  describeBackend,
  expectAllClose,
  finiteDifference,
  numbers,
  sizeOf,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';

type Convolution = (x: Tensor, filter: Tensor) => Tensor;

const kinds: readonly (readonly [string, number[], number[], Convolution])[] = [
  [
    'a filter for each channel',
    [2, 4, 5, 2],
    [3, 2, 2, 2],
    (x, filter) => depthwiseConv2d(x as Tensor4D, filter as Tensor4D, 2, 'same'),
  ],
  [
    'a filter for each channel, strides of two kinds',
    [2, 4, 5, 2],
    [3, 2, 2, 2],
    (x, filter) => depthwiseConv2d(x as Tensor4D, filter as Tensor4D, [2, 1], 'same'),
  ],
  [
    'volumes',
    [2, 3, 4, 3, 2],
    [2, 3, 2, 2, 2],
    (x, filter) => conv3d(x as Tensor5D, filter as Tensor5D, [1, 2, 1], 'same'),
  ],
  [
    'volumes, strides apart',
    [1, 4, 4, 4, 1],
    [2, 2, 2, 1, 3],
    (x, filter) => conv3d(x as Tensor5D, filter as Tensor5D, 2, 'valid'),
  ],
];

describeBackend('the gradients of a convolution', () => {
  test('with a filter for each channel are those computed by hand', () => {
    tidy(() => {
      const x = tensor([1, 2, 3], [1, 1, 3, 1]);
      const filter = tensor([10, 100], [1, 2, 1, 1]);
      const slopes = grads((a: Tensor, b: Tensor) => {
        return depthwiseConv2d(a as Tensor4D, b as Tensor4D, 1, 'valid');
      })([x, filter], tensor([1, -1], [1, 1, 2, 1]));
      // y = [10 x0 + 100 x1, 10 x1 + 100 x2]
      expect([...slopes[0]!.dataSync()]).toEqual([10, 90, -100]);
      expect([...slopes[1]!.dataSync()]).toEqual([1 - 2, 2 - 3]);
    });
  });

  describe.each(kinds)('of %s', (kind, shapeX, shapeFilter, convolve) => {
    test('are those of finite differences', ({ skip }) => {
      // With oneDNN, which it uses on some processors alone, native TensorFlow can.
      skip(
        kind.endsWith('of two kinds') && getBackend() === 'tensorflow',
        'native TensorFlow refuses strides that differ',
      );
      tidy(() => {
        const [x, filter] = [numbers(sizeOf(shapeX), 1), numbers(sizeOf(shapeFilter), 2)];
        const of = (values: Float64Array, shape: number[]): Tensor =>
          tensor(Float32Array.from(values), shape);
        const dy = numbers(convolve(of(x, shapeX), of(filter, shapeFilter)).size, 3);
        const total = (a: Float64Array, b: Float64Array): number => {
          const out = convolve(of(a, shapeX), of(b, shapeFilter)).dataSync();
          return Array.from(out).reduce((all, y, i) => all + y * dy[i]!, 0);
        };
        const slopes = grads((a: Tensor, b: Tensor) => {
          const out = convolve(a, b);
          return sum(mul(out, of(dy, out.shape)));
        })([of(x, shapeX), of(filter, shapeFilter)]);
        const close = { atol: 2e-3, rtol: 1e-3 };
        // Linear in each: the differences are as long as one likes.
        expectAllClose(
          slopes[0]!,
          finiteDifference((a) => total(a, filter), x, 0.5),
          close,
        );
        expectAllClose(
          slopes[1]!,
          finiteDifference((b) => total(x, b), filter, 0.5),
          close,
        );
      });
    });
  });
});
