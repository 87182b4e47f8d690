import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type * as fileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { retryWhileHeld } from '../../src/node/file-system.ts';
import { replaceDirectory } from '../../src/node/replace-directory.ts';
import { temporary } from './temporary.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** The next calls of `rename` fail with these codes; `access` takes names for the same whatever their case. */
const system = vi.hoisted(() => ({ failures: [] as string[], caseless: false }));
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof fileSystem>();
  return {
    ...fs,
    rename: async (from: string, to: string): Promise<void> => {
      const code = system.failures.shift();
      if (code !== undefined) throw failure(code);
      await fs.rename(from, to);
    },
    access: async (path: string): Promise<void> => {
      if (!system.caseless) return fs.access(path);
      const { dirname, basename } = await import('node:path');
      const names = (await fs.readdir(dirname(path))).map((name) => name.toLowerCase());
      if (!names.includes(basename(path).toLowerCase())) throw failure('ENOENT');
    },
  };
});

describe('retryWhileHeld', () => {
  const failing = (...codes: string[]) =>
    vi.fn(() => {
      const code = codes.shift();
      return code === undefined ? Promise.resolve('done') : Promise.reject(failure(code));
    });

  test('on Windows tries again while something else has a file open', async () => {
    const call = failing('EPERM', 'EBUSY', 'EACCES');
    await expect(retryWhileHeld(call, { platform: 'win32' })).resolves.toBe('done');
    expect(call).toHaveBeenCalledTimes(4);
  });
  test('gives up after its patience', async () => {
    const call = failing(...new Array<string>(1000).fill('EPERM'));
    await expect(retryWhileHeld(call, { platform: 'win32', patience: 20 })).rejects.toThrow(
      'EPERM',
    );
    expect(call.mock.calls.length).toBeLessThan(4);
  });
  test('passes on at once what waiting does not mend', async () => {
    for (const [platform, code] of [
      ['win32', 'ENOSPC'],
      ['linux', 'EPERM'],
    ] as const) {
      const call = failing(code, code);
      await expect(retryWhileHeld(call, { platform })).rejects.toThrow(code);
      expect(call).toHaveBeenCalledTimes(1);
    }
  });
});

describe('replaceDirectory', () => {
  const isOurs = (name: string): boolean => name === 'config.json';
  const write = (directory: string, text: string): Promise<void> =>
    replaceDirectory('test', directory, new Map([['config.json', text]]), isOurs);

  test('waits until Windows lets it rename', async () => {
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    try {
      const parent = temporary();
      const directory = join(parent, 'model');
      system.failures = ['EPERM', 'EBUSY'];
      await write(directory, 'first');
      system.failures = ['EACCES', 'EPERM'];
      await write(directory, 'second');
      expect(system.failures).toEqual([]);
      expect(readFileSync(join(directory, 'config.json'), 'utf8')).toBe('second');
      expect(readdirSync(parent)).toEqual(['model']);
    } finally {
      platform.mockRestore();
    }
  });

  test('keeps the old directory where the new one cannot take its place', async () => {
    const parent = temporary();
    const directory = join(parent, 'model');
    await write(directory, 'first');
    system.failures = ['EACCES'];
    await expect(write(directory, 'second')).rejects.toThrow('test: expected to write');
    expect(readFileSync(join(directory, 'config.json'), 'utf8')).toBe('first');
    expect(readdirSync(parent)).toEqual(['model']);
  });

  test('does not let an old file take the place of a new one whose name differs in case', async () => {
    for (const caseless of [true, false]) {
      const directory = join(temporary(), 'model');
      mkdirSync(directory);
      writeFileSync(join(directory, 'Config.json'), 'of somebody else');
      writeFileSync(join(directory, 'notes.txt'), 'mine');
      // As on macOS and Windows it may be so without our help.
      const same = caseless || existsSync(join(directory, 'CONFIG.JSON'));
      system.caseless = caseless;
      await write(directory, 'new');
      expect(readFileSync(join(directory, 'config.json'), 'utf8')).toBe('new');
      const names = same ? ['config.json'] : ['Config.json', 'config.json'];
      expect(readdirSync(directory).sort()).toEqual([...names, 'notes.txt']);
    }
    system.caseless = false;
  });
});
