import { SweepError } from '../../error.ts';
import { messageOf } from '../../message-of.ts';
import type { BullConnection } from './connection.ts';
import { importBullmq, optional } from './packages.ts';
import { serverWithoutPassword } from './server-url.ts';

/** Connections of one queue and of one worker, besides the one on which a worker waits. */
const CONNECTIONS = 4;

/**
 * Connects to PostgreSQL, and makes or brings up to date BullMQ's tables there, which are in a schema of their own.
 *
 * @throws {@link SweepError} of code `queue` for a server that is not there or refuses, `package` for a missing package.
 */
export async function connectPostgres(
  url: string,
  say: (line: string) => void,
): Promise<BullConnection> {
  const server = serverWithoutPassword(url, ['postgres:', 'postgresql:']);
  const bullmq = await importBullmq('pg');
  // @ts-expect-error: it has no types of its own, and BullMQ alone uses it.
  await optional(import('pg'), 'pg', 'pg');
  const { Queue, Worker } = bullmq.withBackend(bullmq.createPostgresBackend);
  const options = {
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    // PostgreSQL takes 100 connections as Debian sets it up: an idle worker keeps the one on which it waits.
    idleTimeoutMillis: 2000,
    // Without it, a worker on a server that nobody prepared fails thousands of times a second.
    migrate: true,
  };
  const probe = bullmq.createPostgresBackend('probe', { connection: options });
  probe.on('error', () => undefined);
  try {
    await probe.waitUntilReady();
  } catch (cause) {
    throw new SweepError(
      `openQueue: expected PostgreSQL at ${server}, found: ${messageOf(cause)}; is the server running, are name and password right, and may the user create a schema?`,
      { code: 'queue', cause },
    );
  } finally {
    await probe.close();
  }
  return {
    bullmq,
    // The classes of both servers have the same methods; their types differ in what they take as a connection.
    Queue: Queue as unknown as BullConnection['Queue'],
    Worker: Worker as unknown as BullConnection['Worker'],
    options: options as unknown as BullConnection['options'],
    drainDelay: 60,
    report: (error) => say(`${server}: ${messageOf(error)}`),
    leave: async () => undefined,
    close: () => undefined,
  };
}
