import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { binaryFolder } from '../../src/binary-folder.ts';
import { plain } from '../../src/simd/binaries.js';
import { withMemoryShared } from '../../src/threads/shared-memory.ts';

const theirs = new Uint8Array(readFileSync(`${binaryFolder()!}tfjs-backend-wasm-simd.wasm`));
const ours = new Uint8Array(Buffer.from(plain, 'base64'));

const differences = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((count, byte, i) => count + Number(byte !== b[i]), Math.abs(a.length - b.length));

test.each([
  ['TensorFlow.js defines its memory', theirs, false],
  ['ours imports it', ours, true],
])('%s, and one byte of it makes it shared or not', (_, binary, isShared) => {
  for (const shared of [true, false]) {
    const made = withMemoryShared(binary, shared);
    expect(differences(binary, made)).toBe(Number(shared !== isShared));
    expect(WebAssembly.validate(made)).toBe(true);
    expect(differences(withMemoryShared(made, isShared), binary)).toBe(0);
  }
});

test('our module takes the kind of memory that it is made for, and no other', () => {
  for (const shared of [true, false]) {
    const module = new WebAssembly.Module(withMemoryShared(ours, shared));
    const memory = (isShared: boolean): WebAssembly.Memory =>
      new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: isShared });
    expect(
      () => new WebAssembly.Instance(module, { env: { memory: memory(shared) } }),
    ).not.toThrow();
    expect(() => new WebAssembly.Instance(module, { env: { memory: memory(!shared) } })).toThrow(
      WebAssembly.LinkError,
    );
  }
});

test('a module without a memory is named', () => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  expect(() => withMemoryShared(empty, true)).toThrow(
    /expected a WebAssembly module with a memory/,
  );
});
