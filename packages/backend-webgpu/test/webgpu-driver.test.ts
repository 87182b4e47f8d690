import { engine, getBackend } from '@tensorflow/tfjs-core';
import { describe as describeCurrent, doctor, useBackend } from '@secateur/backend';
import { sparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
import { webgpuDriver } from '@secateur/backend-webgpu';
import '@secateur/backend-wasm';
import { expect, test } from 'vitest';
import { grad, mul, sum, tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { expectAllClose } from '@secateur/testing';
import { describeWebgpu, running } from './describe-webgpu.ts';
import { readAll } from './values.ts';

describeWebgpu('webgpuDriver', () => {
  test('probes without starting, and calls an adapter by its name', async () => {
    const state = await webgpuDriver.probe();
    expect(state.available).toBe(true);
    if (state.automatic === false) {
      expect(state.reason).toMatch(/^only a software adapter \(.+\), slower than wasm$/);
      expect(state.fix).toBe(
        "install the driver of a GPU; useBackend('webgpu') takes the software adapter",
      );
    } else {
      expect(state.reason).toMatch(/^GPU: .+/);
    }
  });

  test('auto passes over a software adapter and takes wasm, its name takes it', async () => {
    const { automatic = true, reason } = await webgpuDriver.probe();
    const description = await useBackend('auto');
    if (automatic) {
      expect(description.name).toBe('webgpu');
    } else {
      expect(description.name).not.toBe('webgpu');
      expect(description.skipped[0]).toMatchObject({ name: 'webgpu', reason });
    }
    expect((await useBackend('webgpu')).name).toBe('webgpu');
    expect(getBackend()).toBe('webgpu');
  });

  test('tells adapter and limits', async () => {
    const { features, reason, versions } = await useBackend('webgpu');
    const { limits } = running().device;
    expect(reason).toMatch(/^asked for; /);
    expect(features).toMatchObject({
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    });
    expect(['yes', 'no']).toContain(features['software']);
    expect(features['adapter']).not.toBe('');
    expect(versions['@tensorflow/tfjs-backend-webgpu']).toBe('4.22.0');
    expect(versions['webgpu']).toBe('0.6.2');
    expect(describeCurrent().features).toEqual(features);
  });

  test('doctor reports it as the one that runs', async () => {
    const { backends } = await doctor();
    expect(backends[0]).toMatchObject({ name: 'webgpu', available: true, current: true });
  });

  test('has gradients of stock and of fused kernels: there is one TensorFlow.js core', async () => {
    const [stock, fused] = await readAll(() => [
      grad((x) => sum(mul(x, x)))(tensor1d([1, 2, 3])),
      grad((x) => sum(sparseSoftmaxCrossEntropy(x as Tensor2D, tensor1d([1], 'int32'))))(
        tensor2d([[0, 0]]),
      ),
    ]);
    expectAllClose(stock!, [2, 4, 6]);
    expectAllClose(fused!, [0.5, -0.5]);
  });

  test('two backends in one process: tensors move to the one that computes', async () => {
    const x = tidy(() => mul(tensor1d([1, 2]), 2));
    const [first] = await readAll(() => [mul(x, 2)]);
    expectAllClose(first!, [4, 8]);
    await useBackend('wasm');
    // TensorFlow.js moves a tensor with a synchronous read, which only values on the CPU can answer here.
    await x.data();
    const moved = tidy(() => mul(x, 3));
    expectAllClose(await moved.data(), [6, 12]);
    await useBackend('webgpu');
    const [back] = await readAll(() => [mul(moved, x)]);
    expectAllClose(back!, [12, 48]);
    x.dispose();
    moved.dispose();
  });

  test('is registered with the kernels once, however often it is started', async () => {
    const before = engine().registry['webgpu'];
    await useBackend('webgpu');
    await useBackend('webgpu');
    expect(engine().registry['webgpu']).toBe(before);
  });
});
