import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { expect, test, vi } from 'vitest';

test('the object URL of the shared binary is given back once TensorFlow.js has loaded it', async () => {
  const made = vi.spyOn(URL, 'createObjectURL');
  const { features } = await useBackend('wasm', { threads: 2 });
  expect(features['threads']).toBe(2);
  expect(made).toHaveBeenCalledTimes(1);
  await expect(fetch(made.mock.results[0]!.value as string)).rejects.toThrow();
  await useBackend('wasm', { threads: 2 });
  expect(made).toHaveBeenCalledTimes(1);
});
