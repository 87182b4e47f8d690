import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trial } from '@secateur/sweep/commands';
import { trialLines } from '@secateur/sweep';
import { sourceCommand } from '@secateur/testing/command';
import { expect, test } from 'vitest';
import { bench } from '../support/trials.ts';

const loop = sourceCommand(join(import.meta.dirname, '../own-loop.ts'), '{run}', '{rate}');

/** A folder with three trials in a file: one that trains, one that diverges, one whose program fails. */
function folder(): string {
  const { folder, spec } = bench(loop);
  const specs = [
    spec,
    { ...spec, id: 'roots-diverges', settings: { rate: 1e30 } },
    { ...spec, id: 'roots-fails', command: [process.execPath, '-e', 'process.exit(3)'] },
  ];
  writeFileSync(join(folder, 'trials.jsonl'), trialLines(specs));
  return folder;
}

async function run(folder: string, spec: string): Promise<[number, string, string]> {
  let [out, err] = ['', ''];
  const code = await trial(
    { spec, store: 'store' },
    { folder, print: (text) => (out += text), complain: (text) => (err += text) },
  );
  return [code, out, err];
}

test('secateur trial runs a trial by its index from 0 or by its id, and tells schedulers whether to try again', async () => {
  const place = folder();
  const [code, out] = await run(place, 'trials.jsonl#0');
  expect([code, JSON.parse(out)]).toEqual([0, { weight: expect.closeTo(Math.SQRT2, 4) as number }]);
  expect((await run(place, 'trials.jsonl#roots-1'))[0]).toBe(0);
  const [never, , why] = await run(place, 'trials.jsonl#roots-diverges');
  expect([never, why]).toEqual([42, expect.stringContaining('It diverged')]);
  expect((await run(place, 'trials.jsonl#2'))[0]).toBe(1);
  const { spec } = bench(loop);
  writeFileSync(join(place, 'other.jsonl'), trialLines([{ ...spec, settings: { rate: 0.01 } }]));
  const [other, , changed] = await run(place, 'other.jsonl');
  expect([other, changed]).toEqual([
    42,
    expect.stringContaining('the settings that it began with'),
  ]);
});

test('secateur trial says which trials there are', async () => {
  const place = folder();
  for (const mark of ['#3', '#roots', '']) {
    await expect(run(place, `trials.jsonl${mark}`)).rejects.toThrow(
      /^--spec: expected trials.jsonl# and an index from 0 to 2 or an id, found/,
    );
  }
  await expect(run(place, 'none.jsonl#0')).rejects.toThrow(
    'expected to read none.jsonl, found none',
  );
});
