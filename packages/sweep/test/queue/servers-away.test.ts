import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  postgresMissing,
  redisMissing,
  startPostgres,
  startRedis,
  type PostgresServer,
  type RedisServer,
} from '../../servers/index.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import { done, fast, states, trial } from './kinds.ts';

const never = new AbortController().signal;

describe.each([
  { kind: 'redis', missing: redisMissing(), start: startRedis, name: 'Redis' },
  { kind: 'postgres', missing: postgresMissing(), start: startPostgres, name: 'PostgreSQL' },
])('a queue whose server fails: $kind', ({ kind, missing, start, name }) => {
  if (missing !== undefined) test.skip(`of which nothing is tested here: ${missing}`);
  const it = test.skipIf(missing !== undefined);
  let server: RedisServer | PostgresServer;
  if (missing === undefined) {
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => server.stop());
  }

  it('says at once that it is not there, without the password', async () => {
    const taken = createServer();
    await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
    const { port } = taken.address() as AddressInfo;
    await new Promise((closed) => taken.close(closed));
    const opening = openQueue({ sweep: 'a', [kind]: `${kind}://user:secret@127.0.0.1:${port}/0` });
    await expect(opening).rejects.toMatchObject({
      code: 'queue',
      message: expect.stringMatching(
        `^openQueue: expected ${name} at ${kind}://127\\.0\\.0\\.1:${port}/0, found: .*ECONNREFUSED`,
      ) as string,
    });
    await expect(opening).rejects.not.toThrow('secret');
  });

  it('says at once that the server refuses, without the password', async () => {
    const url = new URL(server.url);
    [url.username, url.password] = ['nobody', 'secret'];
    const opening = openQueue({ sweep: 'a', [kind]: url.href });
    await expect(opening).rejects.toThrow(
      kind === 'redis'
        ? /^openQueue: expected Redis at redis:\/\/127\.0\.0\.1:\d+, found: WRONGPASS .*; is the server running, and are name and password right\?$/
        : /^openQueue: expected PostgreSQL at postgres:\/\/127\.0\.0\.1:\d+\/postgres, found: role "nobody" does not exist; is the server running/,
    );
  });

  it('works on after the server was restarted, trainings of that time among it', async () => {
    const lines: string[] = [];
    const queue = await openQueue({
      sweep: 'restart',
      [kind]: server.url,
      times: fast,
      say: (line) => lines.push(line),
    });
    try {
      await queue.add(['a', 'b', 'c'].map((id) => trial(id)));
      const trained: string[] = [];
      let restarted: Promise<void> | undefined;
      await queue.work(
        async ({ spec }) => {
          restarted ??= server.restart(2000);
          await wait(500);
          if (trained.length === 0) await restarted;
          trained.push(spec.id);
          return done;
        },
        { workers: 1, signal: never, untilEmpty: true },
      );
      await restarted;
      expect(await states(queue)).toEqual({ done: 3 });
      expect(new Set(trained)).toEqual(new Set(['a', 'b', 'c']));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThan(20);
    } finally {
      await queue.close();
    }
  });

  it('begins when the server is back that was away at the beginning', async () => {
    const lines: string[] = [];
    const queue = await openQueue({
      ...{ sweep: 'away', [kind]: server.url, times: fast },
      say: (line) => lines.push(line),
    });
    try {
      await queue.add([trial('a'), trial('b')]);
      const back = server.restart(2000);
      await wait(1000);
      const working = queue.work(async () => done, { workers: 1, signal: never, untilEmpty: true });
      await back;
      await working;
      expect(await states(queue)).toEqual({ done: 2 });
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThan(20);
    } finally {
      await queue.close();
    }
  });

  // PostgreSQL may end a connection between two commands of BullMQ, or lose the answer to its last look into the queue. The moment
  // decides, so that there is more than one.
  it.each([100, 300, 500, 700])('ends after a restart %i ms after the beginning', async (after) => {
    const sweep = `ends-${after}`;
    const queue = await openQueue({ sweep, [kind]: server.url, times: fast, say: () => undefined });
    try {
      await queue.add(Array.from({ length: 8 }, (_, i) => trial(`trial-${i}`)));
      const working = queue.work(
        async () => {
          await wait(30);
          return done;
        },
        { workers: 1, signal: never, untilEmpty: true },
      );
      await wait(after);
      await server.restart();
      await working;
      expect(await states(queue)).toEqual({ done: 8 });
    } finally {
      await queue.close();
    }
  });
});
