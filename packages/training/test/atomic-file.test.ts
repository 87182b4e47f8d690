import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFileAtomic } from '@secateur/training';
import { removeUnneeded, syncDirectory, syncFile } from '../src/atomic-file.ts';
import { temporaryDirectory, thrownBy } from './temporary-directory.ts';

describe('writeFileAtomic', () => {
  test('writes text and bytes over what was there, and leaves nothing beside', () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'a.json');
    writeFileSync(file, 'a long old content');
    writeFileAtomic(file, 'näw');
    expect(readFileSync(file, 'utf8')).toBe('näw');
    writeFileAtomic(file, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(file)]).toEqual([1, 2, 3]);
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('keeps the old file when it cannot write, and says why', () => {
    const directory = temporaryDirectory();
    // A directory cannot be replaced by a file.
    mkdirSync(join(directory, 'a.json', 'inside'), { recursive: true });
    const error = thrownBy(() => {
      writeFileAtomic(join(directory, 'a.json'), 'text');
    });
    expect(error.code).toBe('file');
    expect(error.message).toMatch(
      /^writeFileAtomic: expected to write 4 bytes to .*a\.json, found: E.*; check the path, its permissions and the free space\.$/,
    );
    expect(error.cause).toBeInstanceOf(Error);
    expect(readdirSync(directory)).toEqual(['a.json']);
    expect(readdirSync(join(directory, 'a.json'))).toEqual(['inside']);
  });

  test('says so when a file is where its directory should be', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a'), '');
    const error = thrownBy(() => {
      writeFileAtomic(join(directory, 'a', 'b.json'), 'text');
    });
    expect(error.code).toBe('file');
    expect(error.message).toMatch(
      /^writeFileAtomic: expected to write 4 bytes to .*b\.json, found: E/,
    );
  });
});

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('syncing', () => {
  test('a file opens it for writing, without which Windows refuses, and leaves it as it is', () => {
    const file = join(temporaryDirectory(), 'a.jsonl');
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
      const directory = temporaryDirectory();
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
      }).toThrow('EIO');
    },
  );
});

describe('removeUnneeded', () => {
  test('removes a file, and does not mind one that is not there', () => {
    const file = join(temporaryDirectory(), 'old');
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
    expect(() => {
      removeUnneeded('a', { platform: 'linux', remove });
    }).toThrow('EBUSY');
  });
});
