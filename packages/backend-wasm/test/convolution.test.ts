import {
  conv2d,
  depthwiseConv2d,
  fused,
  ones,
  tensor,
  tensor4d,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { describeBuilds } from './simd/builds.ts';

describeBuilds('convolutions of images', () => {
  describe('with the padding same and a stride above the filter', () => {
    // Windows start at the entries 0 and 3, and hold two of the five.
    const row = tensor4d.bind(undefined, [1, 2, 3, 4, 5], [1, 1, 5, 1]);
    const filter = (): Tensor4D => tensor4d([10, 1], [1, 2, 1, 1]);
    test('conv2d skips what lies between windows', () => {
      tidy(() => {
        expect([...conv2d(row(), filter(), [1, 3], 'same').dataSync()]).toEqual([12, 45]);
      });
    });
    test('so does a filter for each channel, and one with bias and activation', () => {
      tidy(() => {
        expect([...depthwiseConv2d(row(), filter(), [1, 3], 'same').dataSync()]).toEqual([12, 45]);
        const activated = fused.conv2d({
          x: row(),
          filter: filter(),
          strides: [1, 3],
          pad: 'same',
          bias: tensor([-20]),
          activation: 'relu',
        });
        expect([...activated.dataSync()]).toEqual([0, 25]);
      });
    });
    test('whole rows and columns are left out where no window reaches them', () => {
      tidy(() => {
        const image = tensor4d(
          Array.from({ length: 28 }, (_, i) => i),
          [1, 4, 7, 1],
        );
        const actual = conv2d(image, ones([1, 1, 1, 1]) as Tensor4D, [3, 4], 'same');
        expect([...actual.dataSync()]).toEqual([0, 4, 21, 25]);
      });
    });
  });

  test.each([
    ['relu', [NaN, 0, 7]],
    ['relu6', [NaN, 0, 6]],
    ['linear', [NaN, -2, 7]],
  ] as const)('%s keeps NaN', (activation, expected) => {
    tidy(() => {
      const actual = fused.conv2d({
        x: tensor4d([NaN, -2, 7], [1, 1, 3, 1]),
        filter: ones([1, 1, 1, 1]) as Tensor4D,
        strides: 1,
        pad: 'valid',
        activation,
      });
      expect([...actual.dataSync()]).toEqual(expected);
    });
  });
});
