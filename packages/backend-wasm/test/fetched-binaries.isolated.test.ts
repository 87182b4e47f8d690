import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { expect, test } from 'vitest';
import { binaryFolder } from '../src/binary-folder.ts';

test('Node fetches binaries that are at an address, also for one thread', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.end(readFileSync(`${binaryFolder()!}tfjs-backend-wasm-simd.wasm`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const binaries = `http://127.0.0.1:${port}/wasm`;
  const { name } = await useBackend('wasm', { binaries, threads: 1 });
  server.close();
  expect(name).toBe('wasm');
  // We look at its beginning, TensorFlow.js loads it.
  const file = '/wasm/tfjs-backend-wasm-simd.wasm';
  expect(asked).toEqual([file, file]);
});
