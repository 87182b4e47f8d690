import { SweepError } from '../../error.ts';
import { messageOf } from '../../message-of.ts';
import type { BullConnection } from './connection.ts';
import { importBullmq, optional } from './packages.ts';
import { guarded, type PgModule } from './postgres-client.ts';
import { serverWithoutPassword } from './server-url.ts';

/** Most connections of a process, the one on which its worker waits among them. */
const CONNECTIONS = 6;

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
  // @ts-expect-error: it has no types of its own.
  const { default: pg } = await optional<{ default: PgModule }>(import('pg'), 'pg', 'pg');
  const { Queue, Worker } = bullmq.withBackend(bullmq.createPostgresBackend);
  const settings = {
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    // PostgreSQL takes 100 connections as Debian sets it up: an idle worker keeps the one on which it waits.
    idleTimeoutMillis: 2000,
    Client: guarded(pg),
  };
  // Without the tables, a worker fails thousands of times a second.
  const probe = bullmq.createPostgresBackend('probe', {
    connection: { ...settings, migrate: true },
  });
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
  // BullMQ would make a pool for each queue and each worker, and a client beside it that nobody could guard.
  const pool = new pg.Pool({
    ...settings,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: `-c search_path=${bullmq.DEFAULT_SCHEMA}`,
  });
  return {
    bullmq,
    // The classes of both servers have the same methods; their types differ in what they take as a connection.
    Queue: Queue as unknown as BullConnection['Queue'],
    Worker: Worker as unknown as BullConnection['Worker'],
    options: pool as unknown as BullConnection['options'],
    drainDelay: 60,
    report: (error) => say(`${server}: ${messageOf(error)}`),
    leave: async () => undefined,
    close: async () => pool.end(),
  };
}
