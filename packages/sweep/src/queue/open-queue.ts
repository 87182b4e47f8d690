import { SweepError } from '../error.ts';
import { bullQueue } from './bullmq/queue.ts';
import { connectPostgres } from './bullmq/postgres.ts';
import { connectRedis } from './bullmq/redis.ts';
import { memoryQueue } from './memory.ts';
import { sayOnce } from './throttle.ts';
import { defaultTimes, type QueueTimes } from './times.ts';
import type { TrialQueue } from './trial-queue.ts';

/** Options of {@link openQueue}. */
export interface OpenQueueOptions {
  /** Name of the sweep, which is that of its queue. */
  readonly sweep: string;
  /** Such as `redis://localhost:6379`; needs the packages `bullmq` and `ioredis`. */
  readonly redis?: string;
  /** Such as `postgres://user:password@localhost/database`; needs the packages `bullmq` and `pg`. */
  readonly postgres?: string;
  readonly times?: Partial<QueueTimes>;
  /** Told when the server is away; a repeated message at most once a minute. Nothing is said if left out. */
  readonly say?: (line: string) => void;
}

/**
 * Opens the queue of a sweep: in Redis, in PostgreSQL, or, without either, in this process.
 *
 * @throws {@link SweepError} of code `queue` when the server is not there or refuses, `package` when an optional package is
 * missing, `argument` for a URL that is none.
 *
 * @example
 * ```ts
 * import { expandSweep, openQueue } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const specs = expandSweep({ name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 });
 * const queue = await openQueue({ sweep: 'rates' }); // in this process, as neither server is given
 * await queue.add(specs); // => 2
 * await queue.cancel([specs[0]!.id]); // => 1
 * (await queue.counts()).waiting; // => 1
 * await queue.close();
 * ```
 */
export async function openQueue({
  sweep,
  redis,
  postgres,
  times,
  say = () => undefined,
}: OpenQueueOptions): Promise<TrialQueue> {
  const given = Object.entries(times ?? {}).filter(([, time]) => time !== undefined);
  const all: QueueTimes = { ...defaultTimes, ...Object.fromEntries(given) };
  if (redis !== undefined && postgres !== undefined) {
    throw new SweepError('openQueue: expected one server, found two; give redis or postgres.', {
      code: 'argument',
    });
  }
  const saying = sayOnce(say);
  if (redis !== undefined) {
    return bullQueue('redis', sweep, await connectRedis(redis, saying), all);
  }
  if (postgres !== undefined) {
    return bullQueue('postgres', sweep, await connectPostgres(postgres, saying), all);
  }
  return memoryQueue(all);
}
