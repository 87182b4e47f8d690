import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, describe, expect, test } from 'vitest';
import { disturb, lm } from './support/lm.ts';
import { smallText, tiny, tinyRhn } from './support/text.ts';

const data = sharedFolder(smallText());
const folder = sharedFolder();

/**
 * Few steps, in which components die early: these tests start the program over and over. On WASM, where an epoch is over in a
 * moment, enough of them that a signal which comes late on a busy machine still finds the training.
 */
const short = {
  cpu: '--epochs 5 --batch 8 --lambda 0.2'.split(' '),
  wasm: '--epochs 9 --lambda 0.15'.split(' '),
};

/** Dropout and compaction are on, because both have state that a resumed run could lose. */
const settings = { lstm: [...tiny, '--dropout', '0.1'], rhn: tinyRhn };
const command = (
  backend: keyof typeof short,
  run: string,
  cell: keyof typeof settings,
): string[] => [
  ...['train', '--data', data, '--run', run, '--checkpoint-every', '20', ...settings[cell]],
  ...[...short[backend], '--decay-from', '4', '--ramp-epochs', '1', '--compact-every', '2'],
  ...['--backend', backend, '--json'],
];

const outcome = (run: string) => ({
  weights: readFileSync(join(run, 'dense/model.safetensors')),
  pruned: readFileSync(join(run, 'model/model.safetensors')),
  metrics: readFileSync(join(run, 'metrics.jsonl'), 'utf8'),
});

describe.each([
  ['lstm', 'wasm'],
  ['lstm', 'cpu'],
  ['rhn', 'wasm'],
] as const)('%s on %s', (cell, backend) => {
  let whole: ReturnType<typeof outcome>;
  beforeAll(async () => {
    const run = join(folder, `${cell}-${backend}-whole`);
    const ended = await lm(command(backend, run, cell));
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    whole = outcome(run);
    // Compaction removed something while it trained, or this test would not see it lost.
    expect(whole.metrics).toMatch(/"kind":"compact".*"(h[12]|width)":(?!12\b|16\b)\d+/);
  });

  test('a run killed again and again ends with the same bits', async () => {
    const run = join(folder, `${cell}-${backend}-killed`);
    let kills = 0;
    // Delays that are spread over start, training and the work after it; the last attempt is left alone. `npm run torture` kills hundreds.
    for (const delay of [30, 1100, 400]) {
      const { code } = await disturb(command(backend, run, cell), 'SIGKILL', delay);
      if (code === null) kills++;
    }
    const ended = await lm(command(backend, run, cell));
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(kills).toBeGreaterThan(1);
    expect(outcome(run)).toEqual(whole);
  });

  // There a signal from another process ends this one at once.
  test.skipIf(process.platform === 'win32')(
    'Ctrl-C saves, and the same command goes on to the same bits',
    async () => {
      const run = join(folder, `${cell}-${backend}-interrupted`);
      // Only what has begun to train hears the signal, however busy the machine is.
      const args = command(backend, run, cell);
      const stopped = await disturb(args, 'SIGINT', 0, 'epoch 1: perplexity');
      expect(stopped.code).toBe(130);
      expect(stopped.stderr).toMatch(/stopped at step \d+, saved; the same command goes on/);
      const ended = await lm(['train', '--resume', run, '--json']);
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
      expect(outcome(run)).toEqual(whole);
    },
  );
});

test('a truncated checkpoint is named, with what to do', async () => {
  const run = join(folder, 'truncated');
  // An epoch has some checkpoints.
  await disturb(command('wasm', run, 'lstm'), 'SIGKILL', 0, 'epoch 2: perplexity');
  const last = readdirSync(join(run, 'checkpoints')).sort().at(-1)!;
  truncateSync(join(run, 'checkpoints', last), 200);
  const ended = await lm(command('wasm', run, 'lstm'));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(last);
  expect(ended.stderr).toMatch(/expected .* found/);
});
