import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@secateur/testing/folders';
import { describe, expect, it } from 'vitest';
import { kinds } from '../queue/kinds.ts';
import { sweepIn } from '../support/cli.ts';

const folder = sharedFolder();

const cli = (...args: string[]) => sweepIn(folder, ...args);

/** A training whose work is 1 / lambda and whose loss is lambda + 1; at 0.5 it diverges. */
const train = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import { join } from 'node:path';
  const [run, lambda, seed] = process.argv.slice(2);
  if (Number(lambda) === 0.5) process.exit(42);
  const result = { loss: Number(lambda) + 1, macs: 1 / lambda + 0.001 * seed, dense: { macs: 2000 } };
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'result.json'), JSON.stringify(result));
`;

function sweepFile(name: string, settings: object): string {
  const script = join(folder, 'train.mjs');
  writeFileSync(script, train);
  const file = `${name}.json`;
  const text = JSON.stringify({
    name,
    command: [process.execPath, script, '{run}', '{lambda}', '{seed}'],
    settings,
    seeds: [1, 2],
    quality: { name: 'loss', key: 'loss', better: 'lower' },
    work: { name: 'multiply-adds', key: 'macs' },
    retries: 0,
  });
  writeFileSync(join(folder, file), text);
  return file;
}

describe.each(kinds())('with a queue: $kind', ({ kind, missing, options }) => {
  const where = missing === undefined ? '' : `, which is not tested here: ${missing}`;
  it.skipIf(missing !== undefined)(
    `front and find train what they need, once, and the report shows it all${where}`,
    async () => {
      const queue = options();
      const lambda = { from: 0.001, to: 0.1, count: 2, scale: 'log' };
      await cli('add', sweepFile('search', { lambda }), '--store', kind, ...queue);
      const at = ['search', '--store', kind, ...queue, '--workers', '2'];
      // Works 1000 and 10, then 100 in the middle, then 316 or 32, as the gaps are almost equal.
      const front = await cli('front', ...at, '--trials', '8', '--json');
      expect(front.err).not.toContain('secateur sweep front:');
      const found = JSON.parse(front.out) as {
        trials: number;
        front: { settings: { lambda: number } }[];
      };
      expect(found.trials).toBe(8);
      expect(found.front.map(({ settings }) => settings.lambda)).toEqual(
        expect.arrayContaining([0.1, 0.01, 0.001]),
      );
      // Of which its file says four.
      const status = await cli('status', 'search', '--store', kind, ...queue);
      expect(status.out).toMatch(/^search: 8 trials, 8 done\n/);
      const text = await cli('find', ...at, '--work', '0.1');
      expect(text.out).toMatch(
        /^lambda 0\.01: work 100 of 100 asked for, quality 1\.01; 6 trials\n$/,
      );
      expect(text.err).toBe('');
      const whole = await cli('find', ...at, '--work', '0.0159', '--whole', 'dense.macs', '--json');
      expect(JSON.parse(whole.out)).toMatchObject({
        setting: 'lambda',
        value: 0.0316228,
        target: 31.8,
      });
      const beyond = await cli('find', ...at, '--work', '5');
      expect(beyond).toMatchObject({ code: 1, out: '' });
      expect(beyond.err).toContain('the nearest is lambda 0.1 with a work of 10');
      const report = await cli('report', 'search', '--store', kind, '-o', 'page.html');
      expect(report.out).toBe('page.html, and reports of its trials in page.trials\n');
      const page = readFileSync(join(folder, 'page.html'), 'utf8');
      const [, id] = /page\.trials\/(search-[^/]+)\/result\.json/.exec(page)!;
      expect(existsSync(join(folder, 'page.trials', id!, 'result.json'))).toBe(true);
      expect(page).toContain('done\\u003c/dt>\\u003cdd>');
    },
  );
});

it('front goes on without a trial that diverged, find cannot', async () => {
  const lambda = { from: 0.05, to: 0.5, count: 2, scale: 'log' };
  await cli('add', sweepFile('diverges', { lambda }), '--store', 'store');
  const at = ['diverges', '--store', 'store'];
  const front = await cli('front', ...at, '--trials', '8');
  expect(front.out).toMatch(/^4 trials; the front, from the least work:\nlambda 0\.05: work 20/);
  const find = await cli('find', ...at, '--work', '0.4');
  expect(find.err).toMatch(
    /expected a result of every trial at lambda 0\.5, found none of diverges-/,
  );
});

it('says which sweeps a search is not for', async () => {
  await cli('add', sweepFile('lists', { lambda: [0.1, 0.2] }), '--store', 'store');
  const front = (name: string) => cli('front', name, '--store', 'store', '--trials', '4');
  expect((await front('lists')).err).toBe(
    'secateur sweep front: sweep lists: expected settings with one range and else one value each, found lambda; keep one range, { "from", "to", "count", "scale": "log" }, and give each other value a sweep of its own.\n',
  );
});
