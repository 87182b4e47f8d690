import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '@secateur/testing/temporary';
import { describe, expect, test } from 'vitest';
import { binaryNames, binaryPath, fileOf, readBinary } from '../src/binaries.ts';
import { binaryFolder } from '../src/binary-folder.ts';

const name = binaryNames[1]!;
const folder = binaryFolder()!;

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

describe('binaryPath', () => {
  test.each([
    ['/wasm/', `/wasm/${name}`],
    ['/wasm', `/wasm/${name}`],
    ['C:\\wasm\\', `C:\\wasm\\${name}`],
    ['C:\\wasm', `C:\\wasm/${name}`],
    ['https://example.org/wasm', `https://example.org/wasm/${name}`],
  ])('is in the folder %s, whether that ends in a slash or not', (binaries, path) => {
    expect(binaryPath(binaries, name)).toBe(path);
  });
  test('is what a map says, which needs no other', () => {
    expect(binaryPath({ [name]: '/assets/simd.123.wasm' }, name)).toBe('/assets/simd.123.wasm');
  });
  test.each([
    [null, 'a folder or an object with the path of each file, found null; say where'],
    [5, 'a folder or an object with the path of each file, found 5; say where'],
    ['', 'a folder or an object with the path of each file, found ""; say where'],
    [{}, `the path of ${name}, found keys none; say where`],
    [{ wasm: '/a.wasm' }, `the path of ${name}, found keys wasm; say where`],
  ])('is an error of the caller for %j', (binaries, message) => {
    const call = (): unknown => binaryPath(binaries, name);
    expect(call).toThrow(`useBackend: expected binaries to be ${message}`);
    expect(call).toThrow(expect.objectContaining({ code: 'argument' }));
  });
});

describe('readBinary', () => {
  const bytes = readFileSync(`${folder}${name}`);

  test.each([
    ['a folder', folder],
    ['the URL of a folder', pathToFileURL(folder).href],
    ['a file', { [name]: `${folder}${name}` }],
    ['the URL of a file', { [name]: pathToFileURL(`${folder}${name}`).href }],
  ])('reads it from %s', async (_, binaries) => {
    expect(bytes.equals(await readBinary(binaryPath(binaries, name), 'whole'))).toBe(true);
  });

  test('names the path of what is not there, or is something else', async () => {
    const missing = readBinary(join(folder, 'nowhere', name), 'whole');
    await expect(missing).rejects.toMatchObject({ name: 'BackendError', code: 'unavailable' });
    await expect(missing).rejects.toThrow(`at ${join(folder, 'nowhere', name)}, found: ENOENT`);
    const page = join(temporaryFolder(), name);
    writeFileSync(page, '<!doctype html>');
    await expect(readBinary(page, 'beginning')).rejects.toThrow(
      `at ${page}, found: a file that is no WebAssembly; say with binaries where`,
    );
  });

  test('fetches an address, and says what the server answered instead', async () => {
    const server = createServer((request, response) => {
      const found = request.url === `/wasm/${name}`;
      response.writeHead(found ? 200 : 404).end(found ? bytes : 'Not found');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(bytes.equals(await readBinary(binaryPath(`${address}/wasm`, name), 'whole'))).toBe(true);
    const beginning = await readBinary(`${address}/wasm/${name}`, 'beginning');
    expect(bytes.subarray(0, beginning.length).equals(beginning)).toBe(true);
    expect(beginning.length).toBeLessThan(16);
    const wrong = `${address}/assets/${name}`;
    await expect(readBinary(wrong, 'beginning')).rejects.toThrow(
      `at ${wrong}, found: the answer 404; say`,
    );
    server.close();
  });
});
