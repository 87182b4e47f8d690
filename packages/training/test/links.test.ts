import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { beforeEach, describe, expect, test } from 'vitest';
import { openRun, readRun, writeCheckpoint } from '@secateur/training';
import { thrownBy } from './thrown-by.ts';

// Windows lets administrators make links only.
const posix = describe.skipIf(process.platform === 'win32');
const config = { seed: 1 };
const tensors = { w: { shape: [2], data: Float32Array.of(1, 2) } };

let directory: string;
let outside: string;
let victim: string;

/** A run as it came from somebody else, and a folder of our own that its links lead to. */
beforeEach(() => {
  directory = join(testFolder(), 'run');
  outside = testFolder();
  victim = join(outside, 'mine.txt');
  writeFileSync(victim, 'mine');
  const run = openRun({ directory, config });
  run.metrics.append({ step: 1 });
  run.saveCheckpoint({ step: 1, tensors, state: null });
  run.close();
});

/** Puts a link in the place of a file or folder of the run. */
function plant(name: string, target: string): void {
  const path = join(directory, name);
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

/** Does all that a resumed training does to its run. */
function goOn(): void {
  const run = openRun({ directory, config });
  try {
    run.latestCheckpoint();
    run.metrics.append({ step: 2 });
    run.saveCheckpoint({ step: 2, tensors, state: null });
    run.saveCheckpoint({ step: 2, tensors, state: null }, { name: 'best' });
    run.writeResult({ done: true });
  } finally {
    run.close();
  }
}

posix('a run with a planted link', () => {
  test.each(['config.json', 'metrics.jsonl', '.lock', 'checkpoints/step-00000001.safetensors'])(
    '%s is refused, and what it leads to stays as it was',
    (name) => {
      plant(name, victim);
      const error = thrownBy(goOn);
      expect(error.message).toMatch(
        /expected to .*, found a symbolic link; links are not followed/,
      );
      expect(error.code).toBe('file');
      expect(readFileSync(victim, 'utf8')).toBe('mine');
    },
  );

  test('in the place of its checkpoints writes nothing into the folder that it leads to', () => {
    const moved = join(outside, 'checkpoints');
    renameSync(join(directory, 'checkpoints'), moved);
    symlinkSync(moved, join(directory, 'checkpoints'));
    const before = readdirSync(moved);
    expect(goOn).toThrow('found a symbolic link');
    expect(() => readRun(directory).latestCheckpoint()).toThrow('found a symbolic link');
    expect(readdirSync(moved)).toEqual(before);
  });

  test('result.json is replaced by the result, and what it leads to stays', () => {
    // It leads nowhere, so that the run counts as not finished.
    plant('result.json', join(outside, 'nothing'));
    goOn();
    expect(existsSync(join(outside, 'nothing'))).toBe(false);
    expect(readRun(directory).readResult()).toEqual({ done: true });
    plant('result.json', victim);
    expect(() => readRun(directory).readResult()).toThrow('found a symbolic link');
  });

  test('of any temporary name that an older version would have used does no harm', () => {
    for (const name of ['report.html', 'metrics.jsonl', 'config.json', 'result.json']) {
      symlinkSync(victim, join(directory, `.${name}.${String(process.pid)}.tmp`));
    }
    goOn();
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(readdirSync(directory).sort()).toEqual([
      'checkpoints',
      'config.json',
      'metrics.jsonl',
      'result.json',
    ]);
  });

  test('in the place of a checkpoint that is written anew is replaced', () => {
    mkdirSync(join(outside, 'deep'));
    const file = join(directory, 'best.safetensors');
    symlinkSync(victim, file);
    writeCheckpoint(file, { step: 1, tensors, state: null });
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});
