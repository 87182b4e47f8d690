import { tensor } from '@tensorflow/tfjs-core';
import { groupSquaredNorms } from '@secateur/backend/kernels';
import { expectAllClose, numbers, sizeOf } from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read } from '../read.ts';

const shapes: readonly (readonly number[])[] = [
  [1],
  [7],
  [257],
  [5, 9],
  [1, 4],
  [4, 1],
  [16, 8],
  [3, 2, 5],
  [2, 3, 1, 4],
  [63, 65],
  [64, 256],
  [257, 3],
  [0, 3],
  [2, 0],
];

function squaredSums(values: Float64Array, shape: readonly number[], axis: number): Float64Array {
  const after = sizeOf(shape.slice(axis + 1));
  const sums = new Float64Array(shape[axis]!);
  values.forEach((value, at) => {
    sums[Math.floor(at / after) % shape[axis]!]! += value * value;
  });
  return sums;
}

/** Tests of the kernel `GroupSquaredNorms`. */
export function groupNormsSuite(): void {
  test.each(shapes.map((shape) => [shape]))('agrees with float64 for %j', async (shape) => {
    const values = numbers(sizeOf(shape), 31, 2);
    const axes = [...shape.keys()].reverse();
    const found = await read(() =>
      groupSquaredNorms(tensor(Float32Array.from(values), [...shape], 'float32'), axes),
    );
    expect(found.map((each) => each.shape)).toEqual(axes.map((axis) => [shape[axis]]));
    axes.forEach((axis, k) => {
      expectAllClose(found[k]!.data, squaredSums(values, shape, axis));
    });
  });
  test('is exactly zero for a zero slice', async () => {
    const [rows, columns] = await read(() =>
      groupSquaredNorms(tensor([0, 0, 0, 1e-3, 0, 2], [2, 3]), [0, 1]),
    );
    expect([...rows!.data].map((sum) => sum === 0)).toEqual([true, false]);
    expect([...columns!.data].map((sum) => sum === 0)).toEqual([false, true, false]);
  });
}
