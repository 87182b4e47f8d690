import type * as BullMQ from 'bullmq';
import { SweepError } from '../../error.ts';
import { messageOf } from '../../message-of.ts';

const versions: Readonly<Record<string, string>> = { bullmq: '6', ioredis: '6', pg: '8' };

/** Imports BullMQ, which a queue on a server needs. */
export async function importBullmq(server: 'ioredis' | 'pg'): Promise<typeof BullMQ> {
  return optional(import('bullmq'), 'bullmq', server);
}

/**
 * Waits for the import of an optional package.
 *
 * @throws {@link SweepError} of code `package` that says what to install.
 */
export async function optional<T>(
  imported: Promise<T>,
  name: string,
  server: 'ioredis' | 'pg',
): Promise<T> {
  try {
    return await imported;
  } catch (cause) {
    const kind = server === 'pg' ? 'PostgreSQL' : 'Redis';
    throw new SweepError(
      `openQueue: expected the package ${name}, which a queue on ${kind} needs, found: ${messageOf(cause)}; npm install bullmq@${versions.bullmq} ${server}@${versions[server]}.`,
      { code: 'package', cause },
    );
  }
}
