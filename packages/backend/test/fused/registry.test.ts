import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  grad,
  memory,
  sum,
  Tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  unregisterKernel,
  type KernelConfig,
  type Tensor3D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  composedGroupSquaredNorms,
  groupSquaredNorms,
  KERNELS,
  recurrentSequence,
  registerFusedKernel,
  replaceKernel,
  runFused,
  type FusedKernelName,
} from '@secateur/backend/kernels';
import { simpleRnnReluCell } from '@secateur/kernels';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const name = KERNELS.groupSquaredNorms;
const kernel = { name, composed: composedGroupSquaredNorms };

describeBackend('the registry of fused kernels', () => {
  let stock: KernelConfig | undefined;
  beforeEach(() => {
    stock = getKernel(name, getBackend()) as KernelConfig | undefined;
    if (stock !== undefined) unregisterKernel(name, getBackend());
  });
  afterEach(() => {
    if (stock !== undefined) replaceKernel(stock);
  });

  test('gives a backend the composed kernel on first use and keeps it', () => {
    tidy(() => {
      expectAllClose(runFused(kernel, { x: tensor1d([3, -4]) }, { axes: [0] })[0]!, [9, 16]);
      const composed = getKernel(name, getBackend());
      expect(composed.kernelName).toBe(name);
      runFused(kernel, { x: tensor1d([1]) }, { axes: [0] });
      expect(getKernel(name, getBackend())).toBe(composed);
    });
  });

  test('serves kernels that pass bare tensor infos, and keeps the input alive', () => {
    tidy(() => {
      runFused(kernel, { x: tensor1d([1]) }, { axes: [0] });
    });
    const x = tensor1d([3, -4]);
    const before = memory().numTensors;
    const info: TensorInfo = { dataId: x.dataId, shape: [1, 2], dtype: 'float32' };
    const { kernelFunc } = getKernel(name, getBackend());
    const outputs = kernelFunc({
      inputs: { x: info },
      attrs: { axes: [1] },
      backend: engine().backend,
    }) as Tensor[];
    expectAllClose(outputs[0]!, [9, 16]);
    for (const each of outputs) each.dispose();
    expect(memory().numTensors).toBe(before);
    expectAllClose(x, [3, -4]);
    x.dispose();
  });

  test('prefers the kernel of a backend package, even after the composed one ran', () => {
    tidy(() => {
      runFused(kernel, { x: tensor1d([1]) }, { axes: [0] });
      registerFusedKernel(name, getBackend(), () => tensor1d([42]));
      expectAllClose(groupSquaredNorms(tensor1d([1]), [0])[0]!, [42]);
    });
  });

  test('refuses names that are no fused kernel', () => {
    expect(() => {
      registerFusedKernel('RecurentSequence' as FusedKernelName, 'cpu', () => []);
    }).toThrow('registerFusedKernel: expected one of RecurrentSequence, RecurrentSequenceGrad,');
  });

  test('asks a gradient for the outputs that are returned, and leaves those that it only saves', () => {
    const once = () => {
      const slopes = grad((x: Tensor) => {
        const weights = {
          kernel: tensor2d([[2]]),
          recurrent: tensor2d([[1]]),
          bias: tensor1d([0]),
        };
        return sum(recurrentSequence(simpleRnnReluCell, { x: x as Tensor3D, weights }).y);
      });
      return slopes(tensor3d([[[1], [2], [3]]]));
    };
    // The first call registers the gradient.
    tidy(() => {
      once();
    });
    const gradFunc = vi.spyOn(getGradient(KERNELS.recurrentSequence), 'gradFunc');
    try {
      tidy(() => {
        // Each input reaches its own output and all later ones.
        expectAllClose(once(), [[[6], [4], [2]]]);
      });
      expect(gradFunc).toHaveBeenCalledTimes(1);
      // One output that is read: its gradient alone, and no zeros for the activations and states that are saved.
      expect(gradFunc.mock.calls[0]![0]).toBeInstanceOf(Tensor);
    } finally {
      gradFunc.mockRestore();
    }
  });
});
