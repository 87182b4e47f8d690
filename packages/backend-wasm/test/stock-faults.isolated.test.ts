// What TensorFlow.js's own kernels do wrong on wasm, each proved without ours; when one of these tests fails, a kernel of
// ours has become unnecessary. What writes beyond its output is left out: it could bring down the tests.
import {
  avgPool,
  clipByValue,
  conv2d,
  Conv3DBackpropFilterV2,
  engine,
  env,
  fused,
  grad,
  maximum,
  maxPool,
  maxPool3d,
  minimum,
  oneHot,
  ones,
  prelu,
  setBackend,
  tensor,
  tensor1d,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tidy,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

const column = (values: number[]): Tensor4D => tensor(values, [1, values.length, 1, 1]);
const four = (size: number): Tensor4D => ones([1, size, 1, 1]);

describe('stock wasm', () => {
  beforeAll(async () => {
    const { resolve } = createRequire(import.meta.url);
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths(
      `${dirname(resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`,
    );
    await setBackend('wasm');
  });

  test.each<[string, () => Tensor, number[]]>([
    ['clipByValue hides NaN', () => clipByValue(tensor1d([NaN]), -1, 1), [NaN]],
    ['maximum loses NaN', () => maximum(tensor1d([1]), tensor1d([NaN])), [NaN]],
    ['minimum loses NaN', () => minimum(tensor1d([1]), tensor1d([NaN])), [NaN]],
    ['a maximum skips NaN', () => maxPool(column([NaN, 1]), [2, 1], 1, 'valid'), [NaN]],
    ['a mean of NaN is infinite', () => avgPool(column([NaN, 1]), [2, 1], 1, 'valid'), [NaN]],
    [
      'a maximum of negative numbers is positive in volumes',
      () => maxPool3d(tensor([-1, -2], [1, 2, 1, 1, 1]) as Tensor5D, [2, 1, 1], 1, 'valid'),
      [-1],
    ],
    [
      'the gradient of a maximum of negative numbers goes to the first',
      () => grad((x: Tensor) => maxPool(x as Tensor4D, [2, 1], 1, 'valid'))(column([-2, -1])),
      [0, 1],
    ],
    [
      'gradients of means are shared with the padding',
      () => grad((x: Tensor) => avgPool(x as Tensor4D, [3, 1], 1, 'same'))(four(1)),
      [1],
    ],
    [
      'a convolution with a stride above its filter is zero',
      () => conv2d(four(6), ones([2, 1, 1, 1]) as Tensor4D, [3, 1], 'same'),
      [2, 2],
    ],
    [
      'relu after a convolution hides NaN',
      () =>
        fused.conv2d({
          x: column([NaN]),
          filter: ones([1, 1, 1, 1]) as Tensor4D,
          strides: 1,
          pad: 'valid',
          activation: 'relu',
        }),
      [NaN],
    ],
    [
      'filters of volumes have no gradient where they are no cubes',
      () =>
        engine().runKernel(
          Conv3DBackpropFilterV2,
          { x: ones([1, 3, 2, 2, 1]), dy: ones([1, 1, 1, 1, 1]) },
          { strides: 2, pad: 'valid', filterShape: [2, 1, 1, 1, 1] },
        ) as unknown as Tensor,
      [1, 1],
    ],
    [
      'prelu takes slopes of rows for those of channels',
      () => prelu(tensor([-1, -1, -1, -1], [2, 2]) as Tensor, tensor([1, 2], [2, 1]) as Tensor),
      [-1, -1, -2, -2],
    ],
    [
      'oneHot writes whole numbers for floats',
      () => oneHot(tensor1d([0], 'int32'), 2, 1, 0, 'float32'),
      [1, 0],
    ],
  ])('%s', (_, make, right) => {
    tidy(() => {
      expect([...make().dataSync()]).not.toEqual(right);
    });
  });

  test('batch normalization of another axis than the last takes other statistics', () => {
    const layer = layers.batchNormalization({ axis: 1, center: true, epsilon: 0 });
    tidy(() => {
      layer.build([null, 2, 2, 1]);
      const weights = [
        [1, 1],
        [0, 0],
        [1, 2],
        [1, 1],
      ];
      layer.setWeights(weights.map((values) => tensor(values)));
      const actual = layer.apply(tensor([1, 1, 2, 2], [1, 2, 2, 1])) as Tensor;
      expect([...actual.dataSync()]).not.toEqual([0, 0, 0, 0]);
    });
  });
});
