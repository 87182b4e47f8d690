import { setTimeout } from 'node:timers/promises';
import { expandSweep, openQueue } from '@secateur/sweep';
import { expect, test } from 'vitest';

test('a time that is undefined is the default', async () => {
  const queue = await openQueue({ sweep: 'times', times: { backoff: undefined as never } });
  const command = ['node', 'train.js', '{run}', '{rate}'];
  const [spec] = expandSweep({ name: 'times', command, settings: { rate: [1] }, retries: 5 });
  await queue.add([spec!]);
  const stop = new AbortController();
  let attempts = 0;
  const run = (): Promise<never> => {
    attempts++;
    return Promise.reject(new Error('failed'));
  };
  const working = queue.work(run, { workers: 1, signal: stop.signal, untilEmpty: false });
  await setTimeout(200);
  // The default is five seconds.
  expect(attempts).toBe(1);
  stop.abort();
  await working;
  await queue.close();
});
