import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { writeFileAtomic } from '@secateur/training';
import { thrownBy } from './thrown-by.ts';

describe('writeFileAtomic', () => {
  test('writes text and bytes over what was there, and leaves nothing beside', () => {
    const directory = testFolder();
    const file = join(directory, 'a.json');
    writeFileSync(file, 'a long old content');
    writeFileAtomic(file, 'näw');
    expect(readFileSync(file, 'utf8')).toBe('näw');
    writeFileAtomic(file, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(file)]).toEqual([1, 2, 3]);
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('keeps the old file when it cannot write, and says why', () => {
    const directory = testFolder();
    // A directory cannot be replaced by a file.
    mkdirSync(join(directory, 'a.json', 'inside'), { recursive: true });
    const error = thrownBy(() => {
      writeFileAtomic(join(directory, 'a.json'), 'text');
    });
    expect(error.code).toBe('file');
    expect(error.message).toMatch(
      /^writeFileAtomic: expected to write 4 bytes to .*a\.json, found a folder \(EISDIR\); give the path of an ordinary file, or move what is there away\.$/,
    );
    expect(error.cause).toBeInstanceOf(Error);
    expect(readdirSync(directory)).toEqual(['a.json']);
    expect(readdirSync(join(directory, 'a.json'))).toEqual(['inside']);
  });

  test('says so when a file is where its directory should be', () => {
    const directory = testFolder();
    writeFileSync(join(directory, 'a'), '');
    const error = thrownBy(() => {
      writeFileAtomic(join(directory, 'a', 'b.json'), 'text');
    });
    expect(error.code).toBe('file');
    expect(error.message).toMatch(
      /^writeFileAtomic: expected to write 4 bytes to .*b\.json, found a file where a folder should be \(ENOTDIR\)/,
    );
  });
});
