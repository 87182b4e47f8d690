import { expect, test, vi } from 'vitest';
import { readWhole } from '../src/bytes.ts';

/** What one call of Node reads at most. */
const most = 2 ** 31 - 1;
const reads = vi.hoisted((): number[] => []);

// Nothing is read: memory that nobody touches takes none of the machine's.
vi.mock('node:fs/promises', () => ({
  open: () =>
    Promise.resolve({
      stat: () => Promise.resolve({ size: most + 9 }),
      read: (_bytes: Uint8Array, _at: number, length: number) => {
        reads.push(length);
        return Promise.resolve({ bytesRead: length });
      },
      close: () => Promise.resolve(),
    }),
}));

test('a checkpoint of more than 2 GiB is read, in pieces that Node takes', async () => {
  expect((await readWhole('step-00000001.safetensors')).length).toBe(most + 9);
  expect(Math.max(...reads)).toBeLessThanOrEqual(most);
});
