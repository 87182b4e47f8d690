import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRunMetrics, type Metric } from '@secateur/app';
import { countMacs, layoutFromJson, type Layout, type LayoutJson } from '@secateur/groups';
import { sharedFolder } from '@secateur/testing/folders';
import { afterEach, expect, test, vi } from 'vitest';
import { settingsFrom } from '../src/commands/options.ts';
import type { Result } from '../src/result.ts';
import * as step from '../src/step.ts';
import { qa } from './support/qa.ts';
import { boxQuestions } from './support/questions.ts';

const data = sharedFolder(boxQuestions());
const folder = sharedFolder();
afterEach(() => {
  vi.restoreAllMocks();
});

const command = (run: string): string[] => [
  ...['train', '--data', data, '--run', run, '--json', '--checkpoint-every', '3'],
  ...['--word', '8', '--filters', '4', '--units', '6', '--batch', '12', '--epochs', '3'],
  ...['--learning-rate', '0.02', '--average', '0.8', '--min-chars', '1'],
  ...['--preset', 'quick-dense', '--target-macs', '0.6', '--shrink-epochs', '1.5'],
  ...['--compact-steps', '4'],
];

interface Compaction extends Metric {
  readonly sizes: Readonly<Record<string, number>>;
}

/** The removals on the way of a run. */
const compactions = (run: string): Compaction[] =>
  readRunMetrics<Compaction>(run).filter(({ kind }) => kind === 'compact');

const layoutIn = (run: string, which: string): Layout => {
  const config = JSON.parse(readFileSync(join(run, which, 'config.json'), 'utf8')) as {
    layout: LayoutJson;
  };
  return layoutFromJson(config.layout);
};

test('a target is met, and what is gone leaves the running training', async () => {
  const run = join(folder, 'whole');
  const ended = await qa(command(run));
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(ended.stderr).toMatch(/target: at most \d+ of \d+ multiply-adds a token from step \d+ on/);
  expect(JSON.parse(ended.stdout) as Result).toMatchObject({ targetMacs: 0.6, lambda: 0 });
  const [dense, pruned] = ['dense', 'model'].map((which) => countMacs(layoutIn(run, which)));
  expect(pruned).toBeLessThanOrEqual(0.6 * dense!);
  // Not far below: one unit of the widest LSTM is some 3 % of this network.
  expect(pruned).toBeGreaterThan(0.5 * dense!);

  // What is gone leaves the running training.
  const sizes = compactions(run);
  expect(sizes.length).toBeGreaterThan(0);
  const last = layoutIn(run, 'model').dims;
  expect(sizes.at(-1)!.sizes).toEqual(last);
  expect(sizes.every(({ step }) => step % 4 === 0)).toBe(true);
});

test.each([
  ['while the penalty grows', 14],
  ['after something was removed', 20],
])('a run that goes on ends with the same bits, %s', async (_, stop) => {
  const run = join(folder, 'whole');
  const stopped = join(folder, `stopped-${stop}`);
  const { trainStep } = step;
  let done = 0;
  const spy = vi.spyOn(step, 'trainStep').mockImplementation((...inputs) => {
    if (done++ < stop) return trainStep(...inputs);
    return Promise.reject(new Error('the GPU device was lost.'));
  });
  expect((await qa(command(stopped))).stderr).toContain(`after step ${stop}`);
  spy.mockRestore();
  expect(compactions(stopped).length > 0).toBe(stop > 16);
  const went = await qa(command(stopped));
  expect(went, went.stderr).toMatchObject({ code: 0 });
  for (const file of ['model/model.safetensors', 'metrics.jsonl']) {
    expect(readFileSync(join(stopped, file)).equals(readFileSync(join(run, file)))).toBe(true);
  }
});

test('a target needs groups that can be removed exactly', () => {
  expect(() => settingsFrom({ targetMacs: 0.5, groups: 'paper' })).toThrow(
    '--groups: expected exact or all beside --target-macs, found paper',
  );
  expect(() => settingsFrom({ targetMacs: 0.5, lambda: 1 })).toThrow(
    '--lambda: expected none beside --target-macs',
  );
  expect(settingsFrom({ targetMacs: 0.5 })).toMatchObject({ targetMacs: 0.5, lambda: 0 });
});
