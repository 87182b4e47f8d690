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

test('its table in the guide is what its trials were measured to be', () => {
  const kept = JSON.parse(readFileSync(join(docs, 'results/sweeps/quick-lambda.json'), 'utf8')) as {
    trials: number;
    front: {
      settings: { lambda: number };
      work: { mean: number };
      quality: { mean: number; deviation: number };
    }[];
  };
  expect(kept.trials).toBe(15);
  const rows = kept.front
    .toReversed()
    .map(({ settings, work, quality }) => [
      String(Number(settings.lambda.toPrecision(3))),
      Math.round(work.mean).toLocaleString('en-US'),
      `${quality.mean.toFixed(2)} ± ${quality.deviation.toFixed(2)}`,
    ]);
  const guide = readFileSync(join(docs, 'guide/sweeps.md'), 'utf8');
  const table = guide.matchAll(/^\| +(0\.\d+) \| +([\d,]+) \| +([\d.]+ ± [\d.]+) \|\r?$/gm);
  expect([...table].map(([, ...cells]) => cells)).toEqual(rows);
});
