import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type * as fileSystem from 'node:fs';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { stackedLstmLayout } from '@secateur/testing';
import { testFolder } from '@secateur/testing/folders';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { PrunerError } from '@secateur/pruner';
import { loadLayersModel, readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { replaceFiles, type ModelFiles } from '../../src/node/replace-files.ts';
import { randomWeights } from '../random-network.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** What the next renames do: fail with a code, or `''` for working. */
const system = vi.hoisted(() => ({ renames: [] as string[] }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof fileSystem>();
  return {
    ...fs,
    renameSync: (from: string, to: string): void => {
      const code = system.renames.shift();
      if (code !== undefined && code !== '') throw failure(code);
      fs.renameSync(from, to);
    },
  };
});

const kind: ModelFiles = {
  manifest: 'config.json',
  folder: 'tfjs',
  isModel: (folder) => readFileSync(join(folder, 'config.json'), 'utf8').startsWith('model'),
  isOurs: (name) => ['config.json', 'weights', 'words', 'tfjs/model.json'].includes(name),
};

let parent: string;
let directory: string;
const file = (name: string): string => join(directory, name);
const write = (config: string, weights: string, folder = directory): void => {
  const files = new Map([
    ['weights', weights],
    ['config.json', `model ${config}`],
  ]);
  replaceFiles('test', folder, files, kind);
};
const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory)
      .filter((name) => lstatSync(file(name)).isFile())
      .map((name) => [name, readFileSync(file(name), 'utf8')]),
  );

beforeEach(() => {
  parent = testFolder();
  directory = join(parent, 'model');
  system.renames = [];
});

describe('replaceFiles', () => {
  test('replaces its own files in the folder itself, which stays the same one', () => {
    write('1', 'first');
    writeFileSync(file('words'), 'of the first');
    writeFileSync(file('notes.txt'), 'mine');
    const before = lstatSync(directory).ino;
    write('2', 'second');
    expect(contents()).toEqual({
      'config.json': 'model 2',
      weights: 'second',
      'notes.txt': 'mine',
    });
    expect(lstatSync(directory).ino).toBe(before);
    expect(readdirSync(parent)).toEqual(['model']);
  });

  test.each(['', null as never])('refuses %j as a folder', (folder) => {
    expect(() => {
      write('1', 'w', folder);
    }).toThrow('test: expected the path of a folder, found');
  });

  test('refuses a folder with files of others and leaves it as it was', () => {
    mkdirSync(file('.git'), { recursive: true });
    writeFileSync(file('thesis.tex'), 'mine');
    const attempt = (): void => {
      write('1', 'w');
    };
    expect(attempt).toThrow(PrunerError);
    expect(attempt).toThrow(
      `test: expected an empty folder or one with an earlier model in "${directory}", found .git, thesis.tex; pass a folder of its own.`,
    );
    expect(readdirSync(directory)).toEqual(['.git', 'thesis.tex']);
  });

  test('refuses a folder whose config.json is of something else', () => {
    mkdirSync(directory);
    writeFileSync(file('config.json'), '{"port": 80}');
    expect(() => {
      write('1', 'w');
    }).toThrow('found a config.json that is not of a model');
    expect(contents()).toEqual({ 'config.json': '{"port": 80}' });
  });

  test('takes what a killed write left, and what macOS and Windows put there', () => {
    mkdirSync(directory);
    writeFileSync(file('weights'), 'half of a model');
    writeFileSync(file('.DS_Store'), '');
    writeFileSync(file(`.config.json.${'a'.repeat(16)}.tmp`), 'left over');
    write('1', 'w');
    expect(contents()).toEqual({ '.DS_Store': '', 'config.json': 'model 1', weights: 'w' });
  });

  test('removes the earlier files of the folder within, and only those', () => {
    write('1', 'first');
    mkdirSync(file('tfjs'));
    writeFileSync(file('tfjs/model.json'), '');
    write('2', 'second');
    expect(existsSync(file('tfjs'))).toBe(false);
    mkdirSync(file('tfjs'));
    writeFileSync(file('tfjs/model.json'), '');
    writeFileSync(file('tfjs/mine'), '');
    write('3', 'third');
    expect(readdirSync(file('tfjs'))).toEqual(['mine']);
  });

  test('puts the earlier model back when any of its renames fails, and leaves nothing beside', () => {
    // Two old files aside, two new ones into their places.
    for (let fails = 0; fails < 4; fails++) {
      write('1', 'first');
      system.renames = [...new Array<string>(fails).fill(''), 'EIO'];
      expect(() => {
        write('2', 'second');
      }).toThrow('test: expected to write');
      expect(contents(), `rename ${fails + 1}`).toEqual({
        'config.json': 'model 1',
        weights: 'first',
      });
    }
  });

  test('a write that ended at any of its renames, with the files of others beside it, is followed by the next', () => {
    for (let ended = 0; ended < 4; ended++) {
      write('1', 'first');
      writeFileSync(file('notes.txt'), 'mine');
      // Nothing is put back either, as after a kill.
      system.renames = [...new Array<string>(ended).fill(''), ...new Array<string>(9).fill('EIO')];
      expect(() => {
        write('2', 'second');
      }).toThrow(PrunerError);
      system.renames = [];
      write('3', 'third');
      expect(contents(), `rename ${ended + 1}`).toEqual({
        'config.json': 'model 3',
        weights: 'third',
        'notes.txt': 'mine',
      });
    }
  });

  test('waits until Windows lets it rename', () => {
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    try {
      write('1', 'first');
      system.renames = ['EACCES', 'EPERM'];
      write('2', 'second');
      expect(system.renames).toEqual([]);
      expect(contents()).toEqual({ 'config.json': 'model 2', weights: 'second' });
    } finally {
      platform.mockRestore();
    }
  });

  test('leaves no folder behind when it could not write into it', () => {
    system.renames = ['ENOSPC'];
    expect(() => {
      write('1', 'w', join(parent, 'a', 'b'));
    }).toThrow('found no space left on the disk (ENOSPC); free some space');
    expect(readdirSync(parent)).toEqual([]);
  });
});

// Windows lets administrators make links only.
describe.skipIf(process.platform === 'win32')('links', () => {
  const layout = stackedLstmLayout({ vocab: 3, embed: 2, hidden: [2] });
  const model = { weights: randomWeights(layout, 5), layout, architecture: {} };

  test('in the place of the folder keep a model from being written through them', async () => {
    const elsewhere = testFolder();
    symlinkSync(elsewhere, directory);
    await expect(writeModelDirectory(directory, model)).rejects.toThrow('found a symbolic link');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('in the place of a file are replaced by a write and refused by a read', async () => {
    await writeModelDirectory(directory, model);
    const outside = join(testFolder(), 'mine');
    renameSync(file('model.safetensors'), outside);
    symlinkSync(outside, file('model.safetensors'));
    const before = readFileSync(outside);
    await expect(readModelDirectory(directory)).rejects.toThrow(
      'expected a readable file model.safetensors',
    );
    await writeModelDirectory(directory, { ...model, weights: randomWeights(layout, 6) });
    expect(readFileSync(outside).equals(before)).toBe(true);
    expect(lstatSync(file('model.safetensors')).isFile()).toBe(true);
    writeFileSync(outside, '{}');
    mkdirSync(file('tfjs'));
    symlinkSync(outside, file('tfjs/model.json'));
    await expect(loadLayersModel(file('tfjs'))).rejects.toThrow('found a symbolic link');
  });
});

describe.skipIf(process.platform === 'win32')('a write that is killed', () => {
  test('leaves the old model, the new one, or none that can be read, and the next one tidies up', async () => {
    const layout = stackedLstmLayout({ vocab: 50, embed: 60, hidden: [60] });
    const model = { weights: randomWeights(layout, 5), layout, architecture: {} };
    await writeModelDirectory(directory, { ...model, architecture: { version: 0 } });
    writeFileSync(file('notes.txt'), 'mine');
    const [program, ...args] = sourceCommand(
      join(import.meta.dirname, 'write-again.ts'),
      directory,
    );
    for (let kill = 0; kill < 4; kill++) {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('close', (code) => {
          reject(new Error(`expected write-again.ts to write, found it ended with code ${code}`));
        });
      });
      await new Promise((resolve) => setTimeout(resolve, 40 * Math.random()));
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
      const copy = join(parent, `copy${kill}`);
      cpSync(directory, copy, { recursive: true });
      const found = await readModelDirectory(copy).catch((error: unknown) => error as Error);
      if (found instanceof Error) {
        expect(found.message).toMatch(
          /config\.json .*, found none, but \..*\.tmp of a write that was ended/,
        );
      } else {
        // Every version has weights of its own number.
        const { version } = found.architecture as { version: number };
        if (version > 0) {
          expect(new Set(found.weights['embedding']!.data)).toEqual(new Set([version]));
        }
      }
    }
    await writeModelDirectory(directory, model);
    expect(readdirSync(directory).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'notes.txt',
    ]);
    expect(readFileSync(file('notes.txt'), 'utf8')).toBe('mine');
  });
});
