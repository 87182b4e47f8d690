import { setBackend } from '@tensorflow/tfjs-core';
import { describe as describeCurrent, useBackend } from '@secateur/backend';
import { describe, expect, test } from 'vitest';

describe('describe', () => {
  test('is an error before a backend has been started', () => {
    expect(() => describeCurrent()).toThrow(
      'describe: expected a started backend, found none; call await useBackend() first.',
    );
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
});
