import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRunMetrics } from '@secateur/app';
import { countMacs, layoutFromJson, resizeLayout, type LayoutJson } from '@secateur/groups';
import { sharedFolder } from '@secateur/testing/folders';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { settingsFrom } from '../src/commands/options.ts';
import { trainCommand } from '../src/commands/train.ts';
import type { Result } from '../src/result.ts';
import type { Settings } from '../src/settings.ts';
import * as step from '../src/step.ts';
import { lm, optionsOf } from './support/lm.ts';
import { smallText } from './support/text.ts';

type Raw = Readonly<Record<string, unknown>>;

const common = {
  ...{ backend: 'wasm', batch: 4, steps: 5, init: 0.5, epochs: 2 },
  teacherPreset: 'none',
  ...{ targetMacs: 0.5, shrinkEpochs: 0.6, compactSteps: 7 },
};
const cells: Readonly<Record<string, Raw>> = {
  lstm: { ...common, embed: 8, hidden: [12, 12], dropout: 0.1 },
  rhn: { ...common, cell: 'rhn', width: 16, depth: 2 },
};

const data = sharedFolder(smallText());
const folder = sharedFolder();
afterEach(() => {
  vi.restoreAllMocks();
});

const at = (...parts: string[]): string => join(folder, ...parts);
const read = (...parts: string[]): string => readFileSync(at(...parts), 'utf8');

/** Trains to the end. */
async function training(name: string, raw: Raw): Promise<Result> {
  const where = ['--data', data, '--run', at(name), '--checkpoint-every', '9', '--json'];
  const ended = await lm(['train', ...where, ...optionsOf(raw)]);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout) as Result;
}

/** Trains in this process, in which a step can be made to fail. */
function failing(name: string, raw: Raw): Promise<Result> {
  const options = { directory: at(name), checkpointEvery: 9, silent: true, say: () => undefined };
  return trainCommand(settingsFrom({ ...raw, data }), options);
}

describe.each(Object.entries(cells))('a target, %s', (cell, raw) => {
  test('is met to within one component, and compaction comes as soon as something is gone', async () => {
    const { dense, pruned, targetMacs, lambda } = await training(cell, raw);
    expect({ targetMacs, lambda }).toEqual({ targetMacs: 0.5, lambda: 0 });
    expect(pruned.macsPerWord).toBeLessThanOrEqual(0.5 * dense.macsPerWord);
    const config = JSON.parse(read(cell, 'model/config.json')) as { layout: LayoutJson };
    const layout = layoutFromJson(config.layout);
    expect(countMacs(layout)).toBe(pruned.macsPerWord);
    const dims = cell === 'lstm' ? ['h1', 'h2'] : ['width'];
    const dearer = dims.map((dim) =>
      countMacs(resizeLayout(layout, { [dim]: layout.dims[dim]! + 1 })),
    );
    expect(Math.max(...dearer)).toBeGreaterThan(0.5 * dense.macsPerWord);
    const metrics = readRunMetrics(at(cell));
    const compacted = metrics.filter(({ kind }) => kind === 'compact');
    expect(compacted.length).toBeGreaterThan(0);
    expect(compacted.every((each) => each.step % 7 === 0)).toBe(true);
  });

  const stops: [string, number][] = [['after the first compaction', 58]];
  if (cell === 'lstm') stops.push(['while the penalty grows', 13]);
  test.each(stops)('goes on to the same bits from a checkpoint %s', async (_, stop) => {
    const { trainStep } = step;
    let done = 0;
    const spy = vi.spyOn(step, 'trainStep').mockImplementation((...inputs) => {
      if (done++ < stop) return trainStep(...inputs);
      return Promise.reject(new Error('the GPU device was lost.'));
    });
    const name = `${cell}-${stop}`;
    await expect(failing(name, raw)).rejects.toThrow(`after step ${stop}`);
    spy.mockRestore();
    await training(name, raw);
    for (const file of ['model/model.safetensors', 'metrics.jsonl']) {
      expect(readFileSync(at(name, file)).equals(readFileSync(at(cell, file)))).toBe(true);
    }
  });
});

// A unit costs more than an entry of the embedding, so the target lies where one unit of each layer is left.
test('the width of the embedding shrinks too when it is told to', async () => {
  const { dense, pruned, removed } = await training('embed', {
    ...{ ...cells['lstm'], embed: 32, shrinkEmbed: true, targetMacs: 0.04 },
  });
  expect(Object.keys(removed)).toEqual(['embed', 'h1', 'h2']);
  expect(dense.sizes).toEqual([32, 12, 12]);
  expect(removed['embed']).toBeGreaterThan(0);
  expect(pruned.sizes[0]).toBe(32 - removed['embed']!);
  expect(pruned.macsPerWord).toBeLessThanOrEqual(0.04 * dense.macsPerWord);
  // The command that prunes finds the same where it is told to look.
  const saved = ['--model', at('embed', 'dense'), '--out', at('smaller')];
  expect((await lm(['prune', ...saved, '--dims', 'embed,h1,h2'])).code).toBe(0);
  expect(read('smaller', 'model.safetensors')).toBe(read('embed', 'model/model.safetensors'));
  // It was removed on the way, not only at the end.
  const compacted = read('embed', 'metrics.jsonl').match(/"kind":"compact".*"embed":(\d+)/g)!;
  expect(compacted.at(-1)).toContain(`"embed":${pruned.sizes[0]}`);
});

test('a target takes the place of a lambda, and neither is given with the other', () => {
  const from = (raw: Raw): Settings => settingsFrom(raw);
  expect(from({ targetMacs: 0.4 })).toMatchObject({ targetMacs: 0.4, lambda: 0, threshold: 0 });
  expect(from({ lambda: 0.02 })).toMatchObject({ targetMacs: null, lambda: 0.02 });
  expect(() => from({ targetMacs: 0.4, threshold: 1e-4 })).toThrow(
    '--threshold: expected none beside --target-macs, which decides it, found 0.0001; leave one of the two out.',
  );
  expect(() => from({ targetMacs: 0 })).toThrow('targetMacs: expected a share');
});
