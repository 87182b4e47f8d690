import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { readAll, takeSnapshot } from '../../src/trial/run-files.ts';

const fail = (path: string): never => {
  throw new Error(`expected none left out, found ${path}`);
};

test('a checkpoint holds all but what makes a run look finished, and the end everything', async () => {
  const directory = testFolder();
  const kept = [
    'checkpoints/step-00000020.safetensors',
    'config.json',
    'curves/loss.svg',
    'metrics.jsonl',
    'model/best.safetensors',
    'report.html',
  ];
  for (const path of [...kept, 'result.json', '.lock']) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), path);
  }
  const paths = (files: readonly { readonly path: string }[]) =>
    files.map(({ path }) => path).sort();
  const snapshot = await takeSnapshot(directory, fail);
  expect(snapshot?.step).toBe(20);
  expect(paths(snapshot!.files)).toEqual(kept);
  expect(paths(await readAll(directory, fail))).toEqual([...kept, 'result.json'].sort());
});

// On Windows the first is a stream of a file, and the second a path.
test.skipIf(process.platform === 'win32')(
  'a file whose name not every system takes is left out, and told',
  async () => {
    const directory = testFolder();
    mkdirSync(join(directory, 'checkpoints'));
    const names = ['log-13:43.txt', 'a\\b.txt'];
    for (const name of ['checkpoints/step-00000020.safetensors', ...names]) {
      writeFileSync(join(directory, name), name);
    }
    for (const read of [takeSnapshot, readAll]) {
      const left: string[] = [];
      const found = await read(directory, (path) => left.push(path));
      expect((Array.isArray(found) ? found : found!.files).length).toBe(1);
      expect(left.sort()).toEqual([...names].sort());
    }
  },
);
