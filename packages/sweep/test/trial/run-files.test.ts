import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { readAll, takeSnapshot } from '../../src/trial/run-files.ts';

test('a checkpoint holds nothing that makes a run look finished, and the end everything', async () => {
  const directory = testFolder();
  const kept = ['checkpoints/step-00000020.safetensors', 'config.json', 'metrics.jsonl'];
  const made = ['model/model.safetensors', 'report.html', 'result.json'];
  for (const path of [...kept, ...made, '.lock']) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), path);
  }
  const paths = (files: readonly { readonly path: string }[]) =>
    files.map(({ path }) => path).sort();
  const snapshot = await takeSnapshot(directory);
  expect(snapshot?.step).toBe(20);
  expect(paths(snapshot!.files)).toEqual(kept);
  expect(paths(await readAll(directory))).toEqual([...kept, ...made].sort());
});
