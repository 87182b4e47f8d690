import { dispose, scalar, tensor, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { composedGroupSquaredNorms, contracts, groupSquaredNorms } from '@secateur/backend/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { sizeOf } from '../numbers.ts';
import { read } from '../read.ts';
import type { NamedSizes } from './inputs.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

/** Round the lanes along a row and the rows of a piece, of every rank that weights have. */
const shapes: readonly (readonly number[])[] = [
  [1],
  [7],
  [257],
  [1, 1],
  [5, 9],
  [1, 4],
  [4, 1],
  [16, 8],
  [3, 2, 5],
  [1, 70, 3],
  [2, 3, 1, 4],
  [63, 65],
  [63, 130],
  [64, 256],
  [2, 129],
  [257, 3],
  [4100, 2],
  [0, 3],
  [2, 0],
];

/** So large that threads share them. */
const large: readonly (readonly number[])[] = [
  [1003, 131],
  [3, 90001],
  [70001, 2],
];

/** The last axis first. */
const axesOf = ({ '...shape': shape }: NamedSizes): number[] =>
  [...(shape as readonly number[]).keys()].reverse();

function squaredSums(values: Float32Array, shape: readonly number[], axis: number): Float64Array {
  const after = sizeOf(shape.slice(axis + 1));
  const sums = new Float64Array(shape[axis]!);
  values.forEach((value, at) => {
    sums[Math.floor(at / after) % shape[axis]!]! += value * value;
  });
  return sums;
}

/** Tests of the kernel `GroupSquaredNorms`. */
export function groupNormsSuite(options?: SuiteOptions): void {
  const tried = options?.withoutLarge === true ? shapes : [...shapes, ...large];
  for (const shape of tried) {
    const sizes: NamedSizes = { '...shape': shape };
    kernelSuite<{ readonly axes: readonly number[] }>(
      {
        contract: contracts.GroupSquaredNorms,
        caller: 'groupSquaredNorms',
        call: ({ x }: { readonly x: Tensor }, { axes }) => groupSquaredNorms(x, axes),
        composed: composedGroupSquaredNorms,
        sizes: [sizes],
        attributes: [{ axes: axesOf(sizes) }],
        reference: ({ x }, { axes }) =>
          axes.map((axis) => squaredSums(x as Float32Array, shape, axis)),
        shapes: ({ axes }) => axes.map((axis) => [shape[axis]!]),
        close: { rtol: 1e-6, atol: 0 },
        closeInFloat32: { rtol: 3e-5, atol: 0 },
      },
      options,
    );
  }

  test('adds the squares of rows and columns, as often as they are asked for', async () => {
    const sums = await read(() =>
      groupSquaredNorms(tensor2d([1, 2, 3, 0, -4, 5], [2, 3]), [1, 0, 1]),
    );
    expect(sums.map(({ data }) => [...data])).toEqual([
      [1, 20, 34],
      [14, 41],
      [1, 20, 34],
    ]);
  });

  test('is exactly zero for a zero slice', async () => {
    const [rows, columns] = await read(() =>
      groupSquaredNorms(tensor([0, 0, 0, 1e-3, 0, 2], [2, 3]), [0, 1]),
    );
    expect([...rows!.data].map((sum) => sum === 0)).toEqual([true, false]);
    expect([...columns!.data].map((sum) => sum === 0)).toEqual([false, true, false]);
  });

  test('keeps a NaN in its row and column, an infinity too', async () => {
    const x = [1, NaN, 2, 3, 4, 5, Infinity, 6, 7];
    const [rows, columns] = await read(() => groupSquaredNorms(tensor(x, [3, 3]), [0, 1]));
    expect([...rows!.data]).toEqual([NaN, 50, Infinity]);
    expect([...columns!.data]).toEqual([Infinity, NaN, 78]);
  });

  test('refuses axes that the tensor does not have', () => {
    const [x, one] = [zeros([2, 3]), scalar(1)];
    expect(() => groupSquaredNorms(x, [0, 2])).toThrow(
      'groupSquaredNorms: expected axes from 0 to 1, found 2; count axes from the front.',
    );
    expect(() => groupSquaredNorms(x, [-1])).toThrow('found -1');
    expect(() => groupSquaredNorms(x, [])).toThrow('found none');
    expect(() => groupSquaredNorms(one, [0])).toThrow('found 0');
    dispose([x, one]);
  });
}
