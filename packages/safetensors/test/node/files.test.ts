import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { beforeEach, describe, expect, test } from 'vitest';
import { SafetensorsError } from '@secateur/safetensors';
import {
  fileTrouble,
  isTemporary,
  makeFolder,
  openRegularFile,
  readRegularFile,
  refuseLinkedFolder,
  removeTemporaryFiles,
  temporaryOf,
  writeFileAtomic,
  writeTemporary,
} from '@secateur/safetensors/node';

// Windows lets administrators make links only, and has neither pipes nor /dev.
const posix = test.skipIf(process.platform === 'win32');

let folder: string;
let outside: string;
const file = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = testFolder();
  outside = join(testFolder(), 'mine.txt');
  writeFileSync(outside, 'mine');
});

function thrownBy(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, found none');
}

describe('a link', () => {
  posix('is read and appended to by no name, and followed where a person gave it', () => {
    symlinkSync(outside, file('a'));
    for (const purpose of ['read', 'append'] as const) {
      const error = thrownBy(() => openRegularFile(file('a'), { for: purpose }));
      expect(error).toBeInstanceOf(SafetensorsError);
      expect(error.message).toBe(
        `${file('a')}: expected a file, found a symbolic link; links are not followed, as they may lead to files of others: give the path that it leads to, or put the file itself there.`,
      );
    }
    expect(new TextDecoder().decode(readRegularFile(file('a'), { follow: true }))).toBe('mine');
  });

  posix('that leads nowhere makes no file where it points', () => {
    symlinkSync(join(folder, 'made'), file('a'));
    expect(() => openRegularFile(file('a'), { for: 'append' })).toThrow('a symbolic link');
    expect(existsSync(file('made'))).toBe(false);
  });

  posix('is replaced by a written file, and what it leads to stays', () => {
    symlinkSync(outside, file('report.html'));
    writeFileAtomic(file('report.html'), 'new');
    expect(readFileSync(file('report.html'), 'utf8')).toBe('new');
    expect(readFileSync(outside, 'utf8')).toBe('mine');
  });

  posix('to a folder is no folder to write into', () => {
    const elsewhere = testFolder();
    symlinkSync(elsewhere, file('checkpoints'));
    expect(() => makeFolder(file('checkpoints'))).toThrow('expected a folder, found a symbolic');
    expect(() => refuseLinkedFolder(file('checkpoints'))).toThrow(SafetensorsError);
  });

  posix('goes as a leftover, and what it leads to stays', () => {
    const leftover = `.a.${'0'.repeat(16)}.tmp`;
    symlinkSync(outside, file(leftover));
    mkdirSync(file(`.b.${'0'.repeat(16)}.tmp`));
    writeFileSync(file('.c.123.tmp'), 'of an older version');
    removeTemporaryFiles(folder);
    expect(readdirSync(folder)).toEqual([`.b.${'0'.repeat(16)}.tmp`]);
    expect(existsSync(outside)).toBe(true);
  });
});

describe('what is no file', () => {
  posix('is refused without waiting for it', () => {
    expect(spawnSync('mkfifo', [file('pipe')]).status).toBe(0);
    for (const follow of [true, false]) {
      expect(() => readRegularFile(file('pipe'), { follow })).toThrow(
        'expected a file, found a pipe',
      );
      expect(() => readRegularFile('/dev/zero', { follow })).toThrow('found a device');
      expect(() => readRegularFile(folder, { follow })).toThrow('found a folder');
    }
    expect(() => openRegularFile(file('pipe'), { for: 'append' })).toThrow('found a pipe');
  });
});

describe('writeTemporary', () => {
  test('gives names that nobody can guess, and that are known as leftovers', () => {
    const names = [1, 2, 3].map((n) => writeTemporary(file('a.json'), String(n)));
    expect(new Set(names).size).toBe(3);
    expect(readdirSync(folder).every(isTemporary)).toBe(true);
    expect(readdirSync(folder).map(temporaryOf)).toEqual(['a.json', 'a.json', 'a.json']);
    expect(temporaryOf('a.json')).toBeUndefined();
    expect(names.map((name) => readFileSync(name, 'utf8'))).toEqual(['1', '2', '3']);
    const other = writeTemporary(file('b.json'), '');
    removeTemporaryFiles(folder, 'b.json');
    expect(readdirSync(folder)).toEqual([basename(other)]);
    removeTemporaryFiles(folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('openRegularFile appends to a file, and makes it', () => {
  for (const text of ['a', 'b']) {
    const handle = openRegularFile(file('log'), { for: 'append' });
    writeSync(handle, text);
    closeSync(handle);
  }
  expect(readFileSync(file('log'), 'utf8')).toBe('ab');
});

describe('fileTrouble', () => {
  const of = (code: string): Error => Object.assign(new Error(`${code}: raw words`), { code });

  test('says what the codes of a full, read-only or wrong disk mean, and what to do', () => {
    expect(fileTrouble(of('ENOSPC'))).toEqual({
      found: 'no space left on the disk (ENOSPC)',
      advice: 'free some space, or write to another disk, and run the same again',
    });
    for (const code of ['EDQUOT', 'EROFS', 'EACCES', 'EISDIR', 'ENOTDIR', 'ENOENT', 'EIO']) {
      const { found, advice } = fileTrouble(of(code));
      expect(found).toMatch(new RegExp(`^[a-z ]+ \\(${code}\\)$`));
      expect(advice).not.toBe('');
    }
  });

  test('passes on the words of what it does not know', () => {
    expect(fileTrouble(of('toString')).found).toBe('toString: raw words');
    expect(fileTrouble('odd').found).toBe('odd');
  });

  test.skipIf(!existsSync('/dev/full'))('knows a disk that is full when it meets one', () => {
    const handle = openSync('/dev/full', 'w');
    const error = thrownBy(() => writeSync(handle, 'text'));
    closeSync(handle);
    expect(fileTrouble(error).found).toBe('no space left on the disk (ENOSPC)');
  });
});
