import { getBackend } from '@tensorflow/tfjs-core';
import { describe as describeCurrent, useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { expect, test } from 'vitest';
import { binaryFolder } from '../src/binary-folder.ts';

test('wrong binaries are an error with the path, and the right ones help afterwards', async () => {
  for (const threads of [1, 2]) {
    const wrong = useBackend('wasm', { binaries: '/nowhere/at/all', threads });
    await expect(wrong).rejects.toMatchObject({ code: 'unavailable' });
    await expect(wrong).rejects.toThrow(
      'expected a binary of TensorFlow.js at /nowhere/at/all/tfjs-backend-wasm-simd.wasm, found: ENOENT',
    );
    const none = useBackend('wasm', { binaries: null as never, threads });
    await expect(none).rejects.toMatchObject({ code: 'argument' });
  }
  expect(getBackend()).toBeUndefined();
  expect(() => describeCurrent()).toThrow('expected a started backend, found none');
  // Without the last slash.
  const binaries = binaryFolder()!.replace(/[\\/]$/, '');
  const { name, features } = await useBackend('wasm', { binaries, threads: 1 });
  expect([name, features['threads']]).toEqual(['wasm', 1]);
});
