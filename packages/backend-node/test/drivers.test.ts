import { engine, getBackend, memory, ones, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import * as core from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { useBackend } from '@secateur/backend';
import { nodeDriver, nodeGpuDriver } from '@secateur/backend-node';
import { expect, test } from 'vitest';
import { describeNative } from './native.ts';

test('both drivers name their package, and a probe starts nothing', async () => {
  for (const driver of [nodeDriver, nodeGpuDriver]) {
    expect(driver.module).toBe('@secateur/backend-node');
    expect(typeof (await driver.probe()).available).toBe('boolean');
  }
  expect('tensorflow' in engine().registryFactory).toBe(false);
});

test('refuses numbers of threads that are none', async () => {
  for (const threads of [0, 1.5, -1, NaN]) {
    await expect(nodeDriver.start({ threads })).rejects.toThrow(
      `expected threads to be a whole number from 1 to 256, found ${threads}`,
    );
  }
});

await describeNative('nodeDriver', () => {
  test('starts with the threads it is asked for, and again, and computes', async () => {
    const { name, features, versions } = await useBackend('node', { threads: 1 });
    expect(name).toBe('node');
    expect(features).toMatchObject({ device: 'CPU', threads: 1 });
    expect(versions['@tensorflow/tfjs-node']).toBe('4.22.0');
    expect(getBackend()).toBe('tensorflow');
    expect((await useBackend('node')).features['threads']).toBe(1);
    const before = memory().numTensors;
    tidy(() => {
      expect(sum(ones([3, 4])).dataSync()[0]).toBe(12);
    });
    expect(memory().numTensors).toBe(before);
  });

  test('cannot change the threads of a TensorFlow that runs', async () => {
    await useBackend('node');
    await expect(useBackend('node', { threads: 2 })).rejects.toThrow(
      'expected TensorFlow to start with 2 threads, found it running with 1',
    );
  });

  test('shares one TensorFlow.js with us', async () => {
    await useBackend('node');
    const theirs = createRequire(import.meta.url)('@tensorflow/tfjs-core') as typeof core;
    expect(theirs.engine()).toBe(core.engine());
    expect(theirs.Tensor).toBe(core.Tensor);
  });

  test('leaves what it found when another backend takes over and it returns', async () => {
    await useBackend('node');
    const x = tensor1d([1, 2, 3]);
    await useBackend('cpu');
    expect(Array.from(x.dataSync())).toEqual([1, 2, 3]);
    await useBackend('node');
    expect(sum(x).dataSync()[0]).toBe(6);
    x.dispose();
  });

  test('loads one of the two packages a process', async () => {
    await useBackend('node');
    process.env['SECATEUR_NODE_GPU'] = 'cpu';
    try {
      await expect(useBackend('node-gpu')).rejects.toThrow(/found @tensorflow\/tfjs-node in this/);
    } finally {
      delete process.env['SECATEUR_NODE_GPU'];
    }
  });
});
