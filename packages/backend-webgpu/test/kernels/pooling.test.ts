import {
  avgPool,
  grad,
  image,
  maxPool,
  maxPool3d,
  tensor,
  type Tensor,
  tensor1d,
  tensor2d,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { readAll } from '../values.ts';

const column = (values: number[]): Tensor4D => tensor(values, [1, values.length, 1, 1]);
const pairs = (x: Tensor): Tensor => maxPool(x as Tensor4D, [2, 1], [2, 1], 'valid');

describeWebgpu('windows over images', () => {
  test.each([
    [
      [1, 3, 5, 2],
      [0, 10, 20, 0],
    ],
    [
      [-3, -1, -2, -5],
      [0, 10, 20, 0],
    ],
    [
      [2, 2, -1, -1],
      [10, 0, 20, 0],
    ],
    [
      [2, NaN, NaN, 1],
      [0, 10, 20, 0],
    ],
  ])('the gradient of the maxima of %j goes to the first of them', async (values, wanted) => {
    const [found] = await readAll(() => [
      grad(pairs)(column(values), tensor([10, 20], [1, 2, 1, 1])),
    ]);
    expect(Array.from(found!)).toEqual(wanted);
  });

  test('maxima and means of NaN are NaN', async () => {
    const found = await readAll(() => [
      pairs(column([NaN, 2, -1, -4])),
      maxPool3d(tensor([-1, NaN, -3, -2], [1, 2, 1, 1, 2]) as Tensor5D, [2, 1, 1], 1, 'valid'),
    ]);
    expect(found.map((each) => Array.from(each))).toEqual([
      [NaN, -1],
      [-1, NaN],
    ]);
  });

  test('overlapping windows add up, and means share what lies inside the image', async () => {
    const [maxima, means] = await readAll(() => [
      grad((x) => maxPool(x as Tensor4D, [2, 1], 1, 'valid'))(
        column([-4, -1, -3]),
        tensor([10, 20], [1, 2, 1, 1]),
      ),
      // Three entries, a window of three before each: two, three and two of them inside.
      grad((x) => avgPool(x as Tensor4D, [3, 1], 1, 'same'))(
        column([1, 2, 3]),
        tensor([6, 12, 18], [1, 3, 1, 1]),
      ),
    ]);
    expect(Array.from(maxima!)).toEqual([0, 30, 0]);
    expect(Array.from(means!)).toEqual([3 + 4, 3 + 4 + 9, 4 + 9]);
  });

  describe('resized and cropped', () => {
    test('one row that became many has the sum of their gradients', async () => {
      const slope = (resize: (x: Tensor4D) => Tensor): Tensor =>
        grad((x) => resize(x as Tensor4D))(
          tensor([1, 2], [1, 1, 2, 1]),
          tensor([1, 2, 3, 4], [1, 2, 2, 1]),
        );
      const found = await readAll(() => [
        slope((x) => image.resizeNearestNeighbor(x, [2, 2], true)),
        slope((x) => image.resizeBilinear(x, [2, 2], true)),
      ]);
      for (const each of found) expect(Array.from(each)).toEqual([1 + 3, 2 + 4]);
    });
    test('a box of the last of several images is cut out', async () => {
      const [found] = await readAll(() => [
        image.cropAndResize(
          tensor([1, 2, 3, 4, 5, 6], [3, 1, 2, 1]),
          tensor2d([0, 0, 1, 1], [1, 4]),
          tensor1d([2], 'int32'),
          [1, 2],
        ),
      ]);
      expect(Array.from(found!)).toEqual([5, 6]);
    });
  });
});
