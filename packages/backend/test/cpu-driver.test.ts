import { engine, type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import {
  composedGroupSquaredNorms,
  composedSparseSoftmaxCrossEntropyGrad,
} from '@secateur/backend/kernels';
import { expectAllClose } from '@secateur/testing';
import { beforeAll, describe, expect, test, vi } from 'vitest';

describe('cpuDriver', () => {
  beforeAll(() => useBackend('cpu'));

  test('registers kernels that agree with the composed forms', () => {
    tidy(() => {
      const x = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      const sums = engine().runKernel('GroupSquaredNorms', { x }, { axes: [1, 0] });
      const [columns, rows] = sums as unknown as Tensor[];
      expectAllClose(columns!, [17, 29, 45]);
      expectAllClose(rows!, [14, 77]);
      composedGroupSquaredNorms({ x }, { axes: [1, 0] }).forEach((sum, k) => {
        expectAllClose([columns!, rows!][k]!, sum);
      });

      const inputs = {
        dy: tensor1d([1, 2]),
        probabilities: tensor2d([0.25, 0.75, 0.5, 0.5], [2, 2]),
        labels: tensor1d([1, 0], 'int32'),
      };
      const slope = engine().runKernel('SparseSoftmaxCrossEntropyGrad', inputs, {}) as Tensor;
      expectAllClose(slope, [0.25, -0.25, -1, 1]);
      expectAllClose(slope, composedSparseSoftmaxCrossEntropyGrad(inputs)[0]);
    });
  });

  test('starts without the advice to install another backend', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await useBackend('cpu');
    tensor1d([1]).dispose();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
