import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { binaryFolder } from '../../src/binary-folder.ts';
import { fileOf, sharedBinary } from '../../src/threads/shared-binary.ts';

describe('fileOf', () => {
  test('a path is one on every system', () => {
    for (const path of ['/opt/app/', 'C:\\Program Files\\app\\', 'd:/app/', '..\\app\\', 'app/']) {
      expect(fileOf(path)).toBe(path);
    }
  });
  test('a file URL may name a drive', () => {
    expect(fileOf('file:///C:/Program%20Files/app/')).toEqual(
      new URL('file:///C:/Program%20Files/app/'),
    );
  });
  test('the rest is to be fetched', () => {
    for (const address of ['https://example.org/app/', 'blob:nodedata:1', 'data:,']) {
      expect(fileOf(address)).toBeUndefined();
    }
  });
});

describe('sharedBinary', () => {
  let url: string | undefined;
  afterEach(() => {
    if (url !== undefined) URL.revokeObjectURL(url);
  });
  const name = 'tfjs-backend-wasm-simd.wasm';
  const folder = binaryFolder()!;

  test.each([
    ['a folder', folder],
    ['the URL of a folder', pathToFileURL(folder).href],
    ['a file', { [name]: `${folder}${name}` }],
    ['the URL of a file', { [name]: pathToFileURL(`${folder}${name}`).href }],
  ])('reads the binary from %s', async (_, binaries) => {
    url = await sharedBinary(binaries);
    const bytes = new Uint8Array(await (await fetch(url!)).arrayBuffer());
    expect(bytes).toHaveLength(readFileSync(`${folder}${name}`).length);
  });

  test('is missing where there is no binary', async () => {
    expect(await sharedBinary(`${folder}nowhere/`)).toBeUndefined();
    expect(await sharedBinary({})).toBeUndefined();
  });
});
