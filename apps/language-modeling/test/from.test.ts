import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder } from '@secateur/testing/temporary';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../src/result.ts';
import { lm } from './support/lm.ts';
import { smallText, tiny, tinyRhn } from './support/text.ts';

const data = sharedFolder(smallText());
const folder = sharedFolder();
const dense: Record<string, Result> = {};
beforeAll(async () => {
  for (const [cell, options] of [
    ['lstm', tiny],
    ['rhn', tinyRhn],
  ] as const) {
    dense[cell] = await train(`${cell}-dense`, ...options, '--lambda', '0', '--threshold', '0');
  }
});

/** Options without those that say sizes. */
function withoutSizes(options: readonly string[]): string[] {
  const sizes = ['--embed', '--hidden', '--width', '--depth'];
  return options.filter((_, i) => !sizes.includes(options[i]!) && !sizes.includes(options[i - 1]!));
}

async function train(name: string, ...options: string[]): Promise<Result> {
  const args = ['train', '--data', data, '--run', join(folder, name), '--json', ...options];
  const ended = await lm(args);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout) as Result;
}

const config = (name: string, of: 'config.json' | 'model/config.json'): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, name, of), 'utf8')) as Record<string, unknown>;

describe.each([
  ['lstm', tiny, 8, 0.05],
  // Strong enough that components die soon, in whatever order an engine rounds.
  ['rhn', tinyRhn, 16, 0.3],
] as const)('%s', (cell, options, embed, lambda) => {
  const first = (): Result => dense[cell]!;
  const from = (): string[] => ['--from', join(folder, `${cell}-dense`, 'dense')];
  const tuned = `${cell}-tuned`;
  const last = `${cell}-last`;

  test('a dense network is fine-tuned with ISS, then trained on without', async () => {
    // The best epoch may be one before anything died.
    const tuning = ['--epochs', '6', '--select', 'last', '--lambda', String(lambda)];
    const slim = await train(tuned, ...withoutSizes(options), ...from(), ...tuning);
    const sizes = slim.pruned.sizes;
    expect(slim.dense.sizes).toEqual(first().dense.sizes);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(slim.dense.sizes.reduce((a, b) => a + b));

    const pruned = ['--from', join(folder, tuned, 'model')];
    const free = ['--lambda', '0', '--threshold', '0', '--epochs', '2', '--select', 'last'];
    const result = await train(last, ...withoutSizes(options), ...pruned, ...free);
    expect(result.dense.sizes).toEqual(sizes);
    expect(result.pruned.sizes).toEqual(sizes);
    // The penalty kept the weights small; without it they fit better at once.
    const training = readFileSync(join(folder, last, 'metrics.jsonl'), 'utf8');
    expect(training.match(/"kind":"epoch"/g)).toHaveLength(2);
    expect(result.pruned.perplexity.valid).toBeLessThan(slim.pruned.perplexity.valid + 0.01);
    const history = (config(last, 'model/config.json')['iss'] as { history: { lambda: number }[] })
      .history;
    expect(history.map((each) => each.lambda)).toEqual([lambda, 0]);
  });

  test('starts from exactly the weights of the model', async () => {
    // A learning rate that moves nothing leaves the network as it was.
    const still = ['--learning-rate', '1e-30', '--lambda', '0', '--threshold', '0'];
    const copy = join(folder, `${cell}-copy`);
    cpSync(join(folder, `${cell}-dense`, 'dense'), copy, { recursive: true });
    const args = [...withoutSizes(options), ...still, '--from', copy, '--epochs', '1'];
    const same = await train(`${cell}-still`, ...args);
    expect(same.pruned.perplexity).toEqual(first().pruned.perplexity);
    expect(config(`${cell}-still`, 'config.json')).toMatchObject(
      cell === 'lstm' ? { embed, hidden: [12, 12] } : { width: embed, depth: 2 },
    );
    // A finished run is only read, whatever became of that model.
    removeFolder(copy);
    expect(await train(`${cell}-still`, ...args)).toEqual(same);
    const resumed = await lm(['train', '--resume', join(folder, `${cell}-still`), '--json']);
    expect(JSON.parse(resumed.stdout)).toEqual(same);
  });
});

describe('what is wrong is said', () => {
  const failing = async (options: readonly string[], code = 1): Promise<string> => {
    const ended = await lm(['train', '--data', data, '--run', join(folder, 'no'), ...options]);
    expect(ended.code).toBe(code);
    return ended.stderr;
  };
  const from = (): string[] => ['--from', join(folder, 'lstm-dense/dense')];

  test('sizes beside a model that has its own', async () => {
    expect(await failing([...tiny, ...from()], 42)).toContain(
      '--embed: expected no sizes beside --from, whose model has its own, found 8',
    );
  });

  test('a model of another cell, or none', async () => {
    expect(await failing(['--cell', 'rhn', ...from()])).toContain(
      'expected a model of cell rhn, found one of lstm',
    );
    expect(await failing(['--from', folder])).toContain(folder);
  });

  test('a text with other words than the model knows', async () => {
    const other = smallText();
    writeFileSync(join(other, 'train.txt'), 'cats chase mermaids\n'.repeat(40));
    const ended = await lm([
      ...['train', '--run', join(folder, 'no'), '--data', other, ...from()],
      ...withoutSizes(tiny),
    ]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('mermaids');
    removeFolder(other);
  });
});
