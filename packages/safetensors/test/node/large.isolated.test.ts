import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { expect, test, vi } from 'vitest';
import { readRegularFile, updateHash } from '@secateur/safetensors/node';

/** What one call of Node reads or hashes at most. */
const most = 2 ** 31 - 1;
const reads = vi.hoisted((): number[] => []);

// Nothing is read: memory that nobody touches takes none of the machine's.
vi.mock('node:fs', async (actual) => ({
  ...(await actual<object>()),
  readSync: (_handle: number, _bytes: Uint8Array, _at: number, length: number) => {
    reads.push(length);
    return length;
  },
}));

test('a file of more than 2 GiB is read, in pieces that Node takes', () => {
  const file = join(testFolder(), 'large.safetensors');
  const handle = openSync(file, 'w');
  // A hole, which takes no room.
  ftruncateSync(handle, most + 9);
  closeSync(handle);
  expect(readRegularFile(file).length).toBe(most + 9);
  expect(Math.max(...reads)).toBeLessThanOrEqual(most);
});

test('more than 2 GiB are hashed, in pieces that Node takes', () => {
  const seen: number[] = [];
  const update = (bytes: Uint8Array): void => void seen.push(bytes.length);
  updateHash({ update } as unknown as Hash, new Float32Array(2 ** 29 + 1));
  expect(Math.max(...seen)).toBeLessThanOrEqual(most);
  expect(seen.reduce((sum, length) => sum + length)).toBe(2 ** 31 + 4);
});

test('a hash is that of the bytes of the view, no more', () => {
  const [hash, expected] = [createHash('sha256'), createHash('sha256')];
  updateHash(hash, Float32Array.of(1, 2, 3).subarray(1, 2));
  expected.update(new Uint8Array(Float32Array.of(2).buffer));
  expect(hash.digest('hex')).toBe(expected.digest('hex'));
});
