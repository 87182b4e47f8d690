import { setTimeout as wait } from 'node:timers/promises';
import { SweepError } from '../../error.ts';
import { messageOf } from '../../message-of.ts';
import type { BullConnection } from './connection.ts';
import { importBullmq, optional } from './packages.ts';
import { serverWithoutPassword } from './server-url.ts';

/** Longest time between two tries to reach a server that is away, in milliseconds. */
const RETRY = 2000;
/** Time that a server which is away has to come back before whoever wants to leave leaves, in milliseconds. */
const GRACE = 5000;

/**
 * Connects to Redis once and says at once when that fails. When the server goes away later, commands wait until it is back.
 *
 * @throws {@link SweepError} of code `queue` for a server that is not there or refuses, `package` for a missing package.
 */
export async function connectRedis(
  url: string,
  say: (line: string) => void,
): Promise<BullConnection> {
  const server = serverWithoutPassword(url, ['redis:', 'rediss:']);
  const bullmq = await importBullmq('ioredis');
  const { Redis } = await optional(import('ioredis'), 'ioredis', 'ioredis');
  let open = false;
  const client = new Redis(url, {
    lazyConnect: true,
    // BullMQ's condition: a command is never given up, it waits for the server.
    maxRetriesPerRequest: null,
    connectTimeout: 10_000,
    retryStrategy: (times) => (open ? Math.min(times * 250, RETRY) : null),
  });
  const report = (error: unknown): void => say(`${server}: ${messageOf(error)}`);
  // A refused password is only an event: the connection stays, and commands wait.
  const refused = new Promise<never>((_, reject) => {
    client.on('error', (error) => {
      if (open) report(error);
      else reject(error);
    });
  });
  try {
    await Promise.race([refused, client.connect().then(async () => client.ping())]);
  } catch (cause) {
    client.disconnect();
    throw new SweepError(
      `openQueue: expected Redis at ${server}, found: ${messageOf(cause)}; is the server running, and are name and password right?`,
      { code: 'queue', cause },
    );
  }
  open = true;
  return {
    bullmq,
    Queue: bullmq.Queue,
    Worker: bullmq.Worker,
    options: client,
    drainDelay: 10,
    report,
    // To disconnect between two tries would leave commands waiting for ever; a failed try that is the last one ends them all,
    // also on the connection that BullMQ made after this one.
    leave: async () => {
      const start = performance.now();
      while (client.status !== 'ready' && client.status !== 'end') {
        if (performance.now() - start > GRACE) open = false;
        await wait(50);
      }
      if (client.status === 'end') await wait(RETRY);
    },
    close: async () => {
      open = false;
      client.disconnect();
    },
  };
}
