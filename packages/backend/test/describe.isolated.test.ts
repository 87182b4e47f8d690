import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { getBackend, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { describe as describeCurrent, doctor, useBackend } from '@secateur/backend';
import { describe, expect, test } from 'vitest';

describe('describe', () => {
  test('is an error before a backend has been started', () => {
    expect(() => describeCurrent()).toThrow(
      'describe: expected a started backend, found none; call await useBackend() first.',
    );
  });
  test('is an error after a start that failed, which leaves a name without a backend', async () => {
    removeBackend('cpu');
    registerBackend('cpu', () => Promise.reject(new Error('no processor')));
    expect(await setBackend('cpu')).toBe(false);
    expect(getBackend()).toBe('cpu');
    expect(() => describeCurrent()).toThrow('expected a started backend, found none');
    expect((await doctor()).backends.filter(({ current }) => current)).toEqual([]);
    removeBackend('cpu');
    registerBackend('cpu', () => new MathBackendCPU());
  });
  test('returns what useBackend returned', async () => {
    const started = await useBackend('wasm');
    expect(describeCurrent()).toEqual(started);
  });
  test('notices a backend that was set behind its back', async () => {
    await useBackend('cpu');
    await useBackend('wasm');
    await setBackend('cpu');
    expect(describeCurrent()).toMatchObject({
      name: 'cpu',
      reason: 'set without useBackend, so some of its kernels may be missing',
    });
  });
  test('is an error once the backend was removed, and another one starts then', async () => {
    await useBackend('cpu');
    removeBackend('cpu');
    expect(() => describeCurrent()).toThrow('expected a started backend, found none');
    await expect(useBackend('cpu')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(
        '"cpu", found no such backend: it was removed with tf.removeBackend',
      ),
    });
    expect((await useBackend('wasm')).name).toBe('wasm');
    expect(describeCurrent().name).toBe('wasm');
  });
});
