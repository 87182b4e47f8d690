import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRun } from '@secateur/training/run';
import { describe, expect, test } from 'vitest';
import { eventFile } from '../../src/tensorboard/events.ts';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { secateur } from '../support/terminal.ts';

/** A finished run of ten steps, with a model. */
async function finishedRun(): Promise<string> {
  const directory = join(emptyFolder(), 'run');
  const run = openRun({ directory, config: { lambda: 0.1 } });
  for (let step = 1; step <= 10; step++) {
    run.metrics.append({ kind: 'train', step, loss: 10 - step, alive: { h1: 12 - step } });
  }
  run.metrics.append({ kind: 'norms', step: 10, norms: { h1: [1, 0, 2] } });
  await secateur(
    '.',
    'convert',
    fixture('words.safetensors'),
    run.modelDirectory,
    '--to',
    'directory',
  );
  run.writeResult({ perplexity: { test: 98.5 }, sizes: [3, 4], sample: 'x'.repeat(100) });
  return directory;
}

describe('secateur report', () => {
  test('draws the metrics and tells result and model', async () => {
    const run = await finishedRun();
    const { code, stdout, stderr } = await secateur('.', 'report', run);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^run: finished\n/);
    expect(stdout).toMatch(
      /^train\/loss +█▇▇▆▅▄▃▂▁?·? +9 +0 +0 +9$|^train\/loss +█[▁-█]+· +9 +0 +0 +9$/m,
    );
    expect(stdout).toMatch(/^train\/alive\/h1 +█[▁-█]+· +11 +2 +2 +11$/m);
    expect(stdout).toMatch(/^perplexity\.test +98\.5$/m);
    expect(stdout).toMatch(/^sizes +3, 4$/m);
    expect(stdout).not.toContain('xxx');
    expect(stdout).toMatch(
      /\nmodel: model directory of Secateur, sequence, .*1,428 parameters, 1,184 multiply-adds a step, /,
    );
  });
  test('--json has all of it', async () => {
    const run = await finishedRun();
    const report: unknown = JSON.parse((await secateur(run, 'report', '.', '--json')).stdout);
    expect(report).toMatchObject({
      status: 'finished',
      config: { lambda: 0.1 },
      metrics: { 'train/loss': { first: 9, last: 0, values: 10 } },
      result: { perplexity: { test: 98.5 } },
      model: { parameters: 1428, macs: 1184 },
    });
  });
  test('a run without a model says so, and what is no run is refused', async () => {
    const directory = emptyFolder();
    openRun({ directory: join(directory, 'run'), config: {} }).close();
    const { stdout } = await secateur(directory, 'report', 'run');
    expect(stdout).toMatch(
      /^run: interrupted\n\nNo metrics\.\n\nNo model: expected a readable model as /,
    );
    const none = await secateur(directory, 'report', 'inside');
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(
      /^secateur report: readRun: expected a run directory with a config\.json/,
    );
    expect(await secateur(directory, 'report')).toMatchObject({ code: 2 });
  });
  test('the folder of a run is no model, and inspect says where that is', async () => {
    const run = await finishedRun();
    const { stderr } = await secateur('.', 'inspect', run);
    expect(stderr).toContain(`found the folder of a run; its model is "${join(run, 'model')}".`);
  });
});

describe('secateur tensorboard', () => {
  test('writes the metrics as an event file, and replaces it the next time', async () => {
    const run = await finishedRun();
    const file = join(run, 'tensorboard', 'events.out.tfevents.0.secateur');
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = await secateur('.', 'tensorboard', run);
      expect(code).toBe(0);
      expect(stdout).toContain(': 21 points of 3 curves and distributions\ntensorboard --logdir ');
    }
    const points = Array.from({ length: 10 }, (_, i) => [
      { tag: 'train/loss', step: i + 1, value: 9 - i },
      { tag: 'train/alive/h1', step: i + 1, value: 11 - i },
    ]).flat();
    const all = [...points, { tag: 'norms/norms/h1', step: 10, value: [1, 0, 2] }];
    const time = statSync(join(run, 'metrics.jsonl')).mtimeMs / 1000;
    expect(readFileSync(file).equals(eventFile(all, time))).toBe(true);
  });
  test('takes another folder, and tells with --json', async () => {
    const run = await finishedRun();
    const { stdout } = await secateur(run, 'tensorboard', '.', '-o', 'logs/a', '--json');
    expect(JSON.parse(stdout)).toEqual({
      file: join(run, 'logs', 'a', 'events.out.tfevents.0.secateur'),
      tags: 3,
      points: 21,
    });
  });
  test('a run without metrics, and one with damaged ones, are refused', async () => {
    const directory = join(emptyFolder(), 'run');
    openRun({ directory, config: {} }).close();
    expect(await secateur('.', 'tensorboard', directory)).toMatchObject({
      code: 1,
      stderr: `secateur tensorboard: expected metrics in "${directory}", found none; train first.\n`,
    });
    writeFileSync(join(directory, 'metrics.jsonl'), 'no JSON\n');
    const { code, stderr } = await secateur('.', 'tensorboard', directory);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^secateur tensorboard: readMetrics: expected a JSON object/);
  });
});
