import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { binaryFolder } from '../../src/binary-folder.ts';
import { sharedBinary } from '../../src/threads/shared-binary.ts';

const binary = new Uint8Array(readFileSync(`${binaryFolder()!}tfjs-backend-wasm-simd.wasm`));

test('is behind an object URL, with one bit changed', async () => {
  const url = (await sharedBinary(binary))!;
  const shared = new Uint8Array(await (await fetch(url)).arrayBuffer());
  URL.revokeObjectURL(url);
  expect(shared).toHaveLength(binary.length);
  const changed = [...shared.keys()].filter((at) => shared[at] !== binary[at]);
  expect(changed).toHaveLength(1);
  expect(shared[changed[0]!]).toBe(binary[changed[0]!]! | 2);
});

test('is missing where the binary has no memory', async () => {
  expect(await sharedBinary(binary.slice(0, 8))).toBeUndefined();
});
