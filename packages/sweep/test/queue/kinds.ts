import { afterAll, beforeAll } from 'vitest';
import {
  postgresMissing,
  redisMissing,
  startPostgres,
  startRedis,
  type PostgresServer,
  type RedisServer,
} from '../../servers/index.ts';
import { openQueue } from '../../src/queue/open-queue.ts';
import type { QueueTimes } from '../../src/queue/times.ts';
import type { QueuedTrial, TrialQueue, TrialState } from '../../src/queue/trial-queue.ts';
import type { TrialSpec } from '../../src/spec/trial-spec.ts';
import type { TrialOutcome } from '../../src/trial/outcome.ts';

/** Times in which a test sees what takes minutes elsewhere. */
export const fast: QueueTimes = {
  lockDuration: 1000,
  stalledInterval: 300,
  backoff: 20,
  again: 50,
  poll: 100,
};

/** One kind of queue, its server started before the tests of the file that calls this, and stopped after. */
export interface Kind {
  readonly kind: TrialQueue['kind'];
  /** Why it cannot be tested here. */
  readonly missing: string | undefined;
  /** A queue of this kind; a server shares what queues of one name hold. */
  open(sweep: string, say?: (line: string) => void): Promise<TrialQueue>;
  /** What tells a command to use it. */
  options(): readonly string[];
}

/** Every kind of queue that there is. */
export function kinds(): readonly Kind[] {
  const redis = server('redis', redisMissing(), startRedis);
  const postgres = server('postgres', postgresMissing(), startPostgres);
  const memory: Kind = {
    kind: 'memory',
    missing: undefined,
    open: async (sweep) => openQueue({ sweep, times: fast }),
    options: () => [],
  };
  return [memory, redis, postgres];
}

function server(
  kind: 'redis' | 'postgres',
  missing: string | undefined,
  start: () => Promise<RedisServer | PostgresServer>,
): Kind {
  let running: RedisServer | PostgresServer | undefined;
  if (missing === undefined) {
    beforeAll(async () => {
      running = await start();
    });
    afterAll(async () => running?.stop());
  }
  return {
    kind,
    missing,
    open: async (sweep, say) =>
      openQueue({ sweep, [kind]: running!.url, times: fast, ...(say && { say }) }),
    options: () => [`--${kind}`, running!.url],
  };
}

/** A trial for tests of queues, which never look at its command. */
export const trial = (id: string, retries = 2): TrialSpec => ({
  id,
  sweep: 'queue',
  command: ['true'],
  settings: {},
  retries,
  versions: {},
});

/** How an attempt ends that found its result. */
export const done: TrialOutcome = { status: 'done', result: {}, attempt: '0001-abc' };

/** Every trial of a queue by its id. */
export async function byId(queue: TrialQueue): Promise<Map<string, QueuedTrial>> {
  const found = new Map<string, QueuedTrial>();
  for await (const queued of queue.trials()) found.set(queued.spec.id, queued);
  return found;
}

/** States that at least one trial has, with how many have them. */
export async function states(queue: TrialQueue): Promise<Partial<Record<TrialState, number>>> {
  const counts = await queue.counts();
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** Resolves when the signal is aborted. */
export const aborted = async (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
