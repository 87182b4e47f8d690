import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  composedShrinkWeight,
  contracts,
  shrinkWeight,
  type RowColumnFactors,
} from '@secateur/backend/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { read } from '../read.ts';
import { thresholded, weightSizes } from './matrices.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

const round = Math.fround;

/** Tests of the kernel `ShrinkWeight`. */
export function shrinkSuite(options?: SuiteOptions): void {
  kernelSuite<{ readonly threshold: number }>(
    {
      contract: contracts.ShrinkWeight,
      caller: 'shrinkWeight',
      call: ({ weight, ...factors }: RowColumnFactors & { weight: Tensor }, { threshold }) => [
        shrinkWeight(weight, factors, threshold),
      ],
      composed: composedShrinkWeight,
      sizes: weightSizes,
      attributes: [{ threshold: 0 }, { threshold: 0.415 }],
      reference: ({ weight, rows, columns }, { threshold }, { columns: width }) => {
        const shrunk = Float32Array.from(weight!, (value, at) => {
          const byRow = round(value * (rows?.[Math.floor(at / (width as number))] ?? 1));
          return byRow * (columns?.[at % (width as number)] ?? 1);
        });
        return [thresholded(shrunk, threshold)];
      },
      exact: 'reference',
    },
    options,
  );

  test('multiplies by both factors', async () => {
    const [shrunk] = await read(() => {
      const factors = { rows: tensor1d([1, 0.5]), columns: tensor1d([2, 0]) };
      return [shrinkWeight(tensor2d([1, 2, 3, 4], [2, 2]), factors, 0)];
    });
    expect([...shrunk!.data]).toEqual([2, 0, 3, 0]);
  });

  test('zeroes |w| < tau, keeps |w| = tau and what has diverged, and gives no negative zeros', async () => {
    const tau = round(1e-4);
    const below = round(tau * (1 - 2 ** -24));
    const above = round(1.0001e-4);
    const small = [0, -0, 5e-5, -5e-5, below, -below, 1e-30];
    const large = [tau, -tau, above, -above, 2, -3, NaN, Infinity, -Infinity];
    const [cut] = await read(() => [shrinkWeight(tensor1d([...small, ...large]), {}, 1e-4)]);
    expect([...cut!.data]).toEqual([...small.map(() => 0), ...large]);
  });

  test('turns -0 into 0, also without a threshold', async () => {
    const [shrunk] = await read(() => [
      shrinkWeight(tensor1d([-1, -0, 2]), { columns: tensor1d([0, 1, 1]) }, 0),
    ]);
    expect([...shrunk!.data]).toEqual([0, 0, 2]);
  });
}
