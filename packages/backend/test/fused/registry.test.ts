import {
  engine,
  getBackend,
  getKernel,
  memory,
  tensor1d,
  tidy,
  unregisterKernel,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  composedGroupSquaredNorms,
  groupSquaredNorms,
  KERNELS,
  registerFusedKernel,
  replaceKernel,
  runFused,
  type FusedKernelName,
} from '@secateur/backend/kernels';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

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
});
