import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { sharedFolder } from '@secateur/testing/folders';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  postgresMissing,
  redisMissing,
  startPostgres,
  startRedis,
  type PostgresServer,
  type RedisServer,
} from '../../servers/index.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import { listTrial, sweepKey } from '../../src/trial/keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import { work } from '../../src/worker/work.ts';
import { byId, fast, states } from '../queue/kinds.ts';
import { hold, manifestOf } from '../support/trials.ts';
import { rates, ratesTrials } from './trainings.ts';

const folder = sharedFolder();
const resultOf = async (store: ReturnType<typeof openStore>, id: string): Promise<unknown> => {
  const { results } = await listTrial(store, id);
  expect(results).toHaveLength(1);
  const bytes = await store.read(`trials/${id}/attempts/${results[0]!.name}/result.json`);
  return (JSON.parse(new TextDecoder().decode(bytes)) as { result: unknown }).result;
};

/** What gradient descent on (w² - 2)² comes to in 40 steps, when it keeps as many digits as a checkpoint does. */
function root(rate: number): number {
  let weight = 1;
  for (let step = 0; step < 40; step++) {
    weight = Math.fround(weight - rate * 4 * weight * (weight * weight - 2));
  }
  return weight;
}

describe('work', () => {
  test.each([0, -1, 1.5, NaN])(
    'refuses %d workers, who would do nothing for ever',
    async (workers) => {
      const queue = await openQueue({ sweep: 'none', times: fast });
      const store = openStore(join(folder, 'none'));
      await expect(work({ queue, store, workers, untilEmpty: true })).rejects.toMatchObject({
        code: 'argument',
        message: `work: expected a whole number of workers of 1 or more, found ${workers}; leave it out for 1.`,
      });
    },
  );

  test('trains what is in the queue, two at once; one that diverges is not tried again', async () => {
    const store = openStore(join(folder, 'train'));
    const queue = await openQueue({ sweep: 'train', times: fast });
    const specs = ratesTrials('train', [0.05, 0.1, 1000]);
    await queue.add(specs);
    const lines: string[] = [];
    const temporary = temporaryFolder();
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary);
    await work({ queue, store, workers: 2, untilEmpty: true, say: (line) => lines.push(line) });
    expect(await states(queue)).toEqual({ done: 2, failed: 1 });
    expect((await byId(queue)).get(specs[2]!.id)).toMatchObject({ attempts: 1, state: 'failed' });
    expect(await resultOf(store, specs[0]!.id)).toEqual({ weight: root(0.05) });
    expect(await resultOf(store, specs[1]!.id)).toEqual({ weight: root(0.1) });
    expect(lines).toContain(`trial ${specs[0]!.id}: done`);
    expect(readdirSync(temporary).filter((name) => name.startsWith('secateur-'))).toEqual([]);
    vi.unstubAllEnvs();
    removeFolder(temporary);
  });

  test('trains no more when the store has lost the sweep, as a share that is not mounted any more', async () => {
    const store = openStore(join(folder, 'lost'));
    const queue = await openQueue({ sweep: 'lost', times: fast });
    await store.write(sweepKey('lost'), new TextEncoder().encode(rates('lost', [0.05, 0.1])));
    await queue.add(ratesTrials('lost', [0.05, 0.1]));
    let trained = 0;
    const train = async ({ directory }: { readonly directory: string }): Promise<void> => {
      trained += 1;
      writeFileSync(join(directory, 'result.json'), '{}');
      await store.remove(sweepKey('lost'));
    };
    await expect(work({ queue, store, train, untilEmpty: true })).rejects.toMatchObject({
      code: 'build',
      message: expect.stringContaining(
        `work: expected the sweep lost in ${store.url}, where it was, found nothing; is the folder still mounted?`,
      ) as string,
    });
    expect(trained).toBe(1);
    expect(await states(queue)).toEqual({ done: 1, delayed: 1 });
  });

  test('leaves trials of another version to others', async () => {
    const store = openStore(join(folder, 'version'));
    const queue = await openQueue({ sweep: 'version', times: fast });
    const [spec] = ratesTrials('version', [0.1]);
    await queue.add([{ ...spec!, versions: { '@secateur/sweep': '99.1.2' } }]);
    await expect(work({ queue, store })).rejects.toMatchObject({
      code: 'version',
      message: expect.stringContaining('by which it was queued (99.1.2)') as string,
    });
    expect(await states(queue)).toEqual({ waiting: 1 });
    expect(await store.list('trials/')).toEqual([]);
  });
});

describe.each([
  { kind: 'redis', missing: redisMissing(), start: startRedis },
  { kind: 'postgres', missing: postgresMissing(), start: startPostgres },
])('work that is killed, with the queue on $kind', ({ kind, missing, start }) => {
  if (missing !== undefined) test.skip(`of which nothing is tested here: ${missing}`);
  let server: RedisServer | PostgresServer;
  if (missing === undefined) {
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => server.stop());
  }

  test.skipIf(missing !== undefined)(
    'is taken over from the last checkpoint, with the result of an undisturbed training',
    async () => {
      const url = join(folder, kind);
      const store = openStore(url);
      const options = { sweep: 'killed', [kind]: server.url, times: fast };
      const queue = await openQueue(options);
      const [spec] = ratesTrials('killed', [0.03], '../trial/fixtures/held-loop');
      await queue.add([spec!]);
      const [program, ...args] = sourceCommand(
        join(import.meta.dirname, 'worker-process.ts'),
        ...[JSON.stringify(options), url],
      );
      const HOLD = hold(folder, `${kind}-hold`, 20);
      const child = spawn(program!, args, {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, HOLD },
      });
      await manifestOf(store, 20);
      child.kill('SIGKILL');
      const lines: string[] = [];
      await work({ queue, store, untilEmpty: true, say: (line) => lines.push(line) });
      expect(lines.join('\n')).toMatch(/attempt 0002-\w+ goes on from step 20 of 0001-/);
      expect(await states(queue)).toEqual({ done: 1 });
      expect((await byId(queue)).get(spec!.id)).toMatchObject({ attempts: 2 });
      await queue.close();

      expect(await resultOf(store, spec!.id)).toEqual({ weight: root(0.03) });
    },
  );
});
