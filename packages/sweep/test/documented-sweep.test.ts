import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandSweep } from '../src/spec/expand-sweep.ts';
import { parseSweep } from '../src/spec/parse-sweep.ts';

const docs = join(import.meta.dirname, '../../../docs');

test('the sweep of the guide is the file beside it, of five values and three seeds', () => {
  const file = readFileSync(join(docs, 'sweeps/quick-lambda.json'), 'utf8');
  const guide = readFileSync(join(docs, 'guide/sweeps.md'), 'utf8');
  const shown = /```json\r?\n(.*?)```/s.exec(guide)![1]!;
  expect(JSON.parse(shown)).toEqual(JSON.parse(file));
  const trials = expandSweep(parseSweep(file));
  expect(trials).toHaveLength(15);
  expect(new Set(trials.map(({ settings }) => settings['seed']))).toEqual(new Set([1, 2, 3]));
});
