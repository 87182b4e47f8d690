import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@secateur/testing/folders';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisMissing, startRedis, type RedisServer } from '../../servers/index.ts';
import { sweepIn } from '../support/cli.ts';
import { rates, ratesTrials } from '../worker/trainings.ts';

const folder = sharedFolder();
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

const cli = (...args: string[]) => sweepIn(folder, ...args);

describe('secateur sweep', () => {
  test('adds, works and says how it stands, all in one process', async () => {
    write('one.json', rates('one', [0.1, 1000]));
    const ids = ratesTrials('one', [0.1, 1000]).map(({ id }) => id);
    expect(await cli('add', 'one.json', '--store', 'store')).toEqual({
      code: 0,
      out: 'one: 2 trials; secateur sweep work one trains them here.\n',
      err: '',
    });
    const before = await cli('status', 'one', '--store', 'store');
    expect(before.out).toBe('one: 2 trials, 2 waiting\n');
    const work = await cli('work', 'one', '--store', 'store', '--workers', '2');
    expect(work).toMatchObject({ code: 1, out: 'one: 1 done, 1 failed.\n' });
    expect(work.err).toContain(`trial ${ids[1]}: never: `);
    const { out } = await cli('status', 'one', '--store', 'store', '--json');
    expect(JSON.parse(out)).toMatchObject({
      name: 'one',
      counts: { done: 1, failed: 1 },
      trials: [
        { id: ids[0], state: 'done', attempts: 1, settings: { rate: 0.1 } },
        { id: ids[1], state: 'failed', attempts: 1, settings: { rate: 1000 } },
      ],
    });
    const table = await cli('status', 'one', '--store', 'store');
    expect(table.out).toMatch(
      new RegExp(`^one: 2 trials, 1 done, 1 failed\n${ids[1]}  failed  attempt 1  rate 1000  .`),
    );
    const other = rates('one', [0.1, 0.2]);
    write('other.json', other);
    const refused = await cli('add', 'other.json', '--store', 'store');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'secateur sweep add: sweep one: expected the settings of the sweep that',
    );
    expect(refused.err).toContain(
      '{"rate":[0.1,1000]}, found {"rate":[0.1,0.2]}; give the changed sweep another name.',
    );
  });

  test('says what is wrong with a command line', async () => {
    expect(await cli('status', 'none', '--store', 'store')).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^secateur sweep status: sweep none: expected sweeps\/none\/sweep\.json in .*, which has one, found none; is this its store, and mounted\? If so, add it with secateur sweep add\.\n$/,
      ) as string,
    });
    expect(await cli('add', 'away.json', '--store', 'store')).toMatchObject({
      code: 1,
      err: expect.stringContaining('expected to read away.json, found') as string,
    });
    expect(await cli('cancel', 'one')).toMatchObject({ code: 1 });
    expect(await cli('work', 'one')).toMatchObject({ code: 2 });
    expect(await cli('work', 'one', '--store', 'store', '--workers', '0')).toMatchObject({
      code: 2,
    });
    expect(await cli('--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('trains what is in the queue') as string,
    });
  });
});

describe('secateur sweep --redis', () => {
  const missing = redisMissing();
  if (missing !== undefined) test.skip(`of which nothing is tested here: ${missing}`);
  let server: RedisServer;
  if (missing === undefined) {
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(async () => server.stop());
  }

  test.skipIf(missing !== undefined)('adds, cancels, adds again and works', async () => {
    write('two.json', rates('two', [0.1, 0.2]));
    const ids = ratesTrials('two', [0.1, 0.2]).map(({ id }) => id);
    const where = ['--store', 'store', '--redis', server.url];
    const added = await cli('add', 'two.json', ...where);
    expect(added.out).toBe('two: 2 trials, 2 of them new in the queue.\n');
    const cancelled = await cli('cancel', 'two', ids[0]!, '--redis', server.url);
    expect(cancelled.out).toBe('two: 1 cancelled; those that run end within seconds.\n');
    const between = await cli('status', 'two', ...where);
    expect(between.out).toBe('two: 2 trials, 1 waiting, 1 not queued\n');
    const again = await cli('add', 'two.json', ...where);
    expect(again.out).toBe('two: 2 trials, 1 of them new in the queue.\n');
    const worked = await cli('work', 'two', ...where, '--until-empty', '--workers', '2');
    expect(worked).toMatchObject({ code: 0, out: 'two: 2 done, 0 failed.\n' });
  });
});
