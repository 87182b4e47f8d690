import { matMul, ones } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { expect, test, vi } from 'vitest';

test('where object URLs cannot be fetched the backend starts with one thread', async () => {
  const fetchUrl = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, ...rest: unknown[]) =>
    url.startsWith('blob:')
      ? Promise.reject(new TypeError('refused by the content policy'))
      : fetchUrl(url, ...(rest as [])),
  );
  const { features } = await useBackend('wasm', { threads: 2 });
  expect(features['threads']).toBe(1);
  const product = matMul(ones([2, 3]), ones([3, 2]));
  expect([...(await product.data())]).toEqual([3, 3, 3, 3]);
  product.dispose();
});
