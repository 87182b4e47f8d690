import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { removeUnneeded, syncDirectory, syncFile } from '@secateur/safetensors/node';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('syncing', () => {
  test('a file opens it for writing, without which Windows refuses, and leaves it as it is', () => {
    const file = join(testFolder(), 'a.jsonl');
    writeFileSync(file, 'content');
    syncFile(file);
    expect(readFileSync(file, 'utf8')).toBe('content');
    chmodSync(file, 0o444);
    // The administrator may write to what nobody may.
    if (process.getuid?.() === 0) return;
    expect(() => {
      syncFile(file);
    }).toThrow(/EACCES|EPERM/);
  });

  test.skipIf(process.platform === 'win32')(
    'a directory is left undone where the file system cannot, and other errors are passed on',
    () => {
      const directory = testFolder();
      syncDirectory(directory);
      for (const code of ['EINVAL', 'ENOTSUP', 'EACCES']) {
        syncDirectory(directory, () => {
          throw failure(code);
        });
      }
      expect(() => {
        syncDirectory(directory, () => {
          throw failure('EIO');
        });
      }).toThrow(
        `${directory}: expected to sync the folder, found an error of the disk or of the network that it lies on (EIO); check the disk.`,
      );
    },
  );
});

describe('removeUnneeded', () => {
  test('removes a file, and does not mind one that is not there', () => {
    const file = join(testFolder(), 'old');
    writeFileSync(file, '');
    removeUnneeded(file);
    removeUnneeded(file);
    expect(existsSync(file)).toBe(false);
  });

  test('leaves what another program has open on Windows for later', () => {
    let calls = 0;
    const remove = (): never => {
      calls++;
      throw failure('EBUSY');
    };
    removeUnneeded('a', { platform: 'win32', patience: 20, remove });
    expect(calls).toBeGreaterThan(1);
    // Half a second unless told otherwise; other files are waited for ten times as long.
    const start = performance.now();
    removeUnneeded('a', { platform: 'win32', patience: undefined as never, remove });
    expect(performance.now() - start).toBeLessThan(2500);
    expect(() => {
      removeUnneeded('a', { platform: 'linux', remove });
    }).toThrow(
      'a: expected to remove it, found a file that another program has open (EBUSY); close that program and run the same again.',
    );
  });
});
