import type * as BullMQ from 'bullmq';
import type { TrialSpec } from '../../spec/trial-spec.ts';
import type { QueueTimes } from '../times.ts';
import type { QueuedTrial, TrialQueue, TrialState } from '../trial-queue.ts';
import type { BullConnection, TrialBullJob, TrialData } from './connection.ts';
import { ready } from './ready.ts';
import { bullStates, counted, stateOf, type BullState } from './states.ts';
import { workOn } from './work.ts';

/** Jobs that are sent or read in one go. */
const CHUNK = 500;
/** A queue on BullMQ, one for a sweep; the id of a job is that of its trial, so that none is there twice. */
export async function bullQueue(
  kind: 'redis' | 'postgres',
  sweep: string,
  connection: BullConnection,
  times: QueueTimes,
): Promise<TrialQueue> {
  const make = (): BullMQ.Queue<TrialData, string> =>
    new connection.Queue(sweep, { connection: connection.options }).on('error', connection.report);
  const queue = await ready(make, connection.report);
  const idsIn = async (...states: BullState[]): Promise<string[]> =>
    queue.getRanges(states, 0, -1, true);

  return {
    kind,
    add: async (specs) => {
      const known = new Set(await idsIn(...bullStates));
      const fresh = specs.filter(({ id }) => !known.has(id));
      for (const chunk of chunks(fresh)) {
        await queue.addBulk(
          chunk.map((spec) => ({ name: 'trial', data: { spec }, opts: jobOptions(spec, times) })),
        );
      }
      return fresh.length;
    },
    work: async (run, options) => workOn({ sweep, connection, queue, times }, run, options),
    counts: async () => counted(queue),
    async *trials(states) {
      const seen = new Set<string>();
      for (const state of bullStates) {
        if (states?.includes(stateOf[state]) === false) continue;
        const ids = await idsIn(state);
        for (const chunk of chunks(ids.filter((id) => !seen.has(id)))) {
          const jobs = await Promise.all(chunk.map(async (id) => queue.getJob(id)));
          for (const job of jobs) {
            if (job === undefined) continue;
            seen.add(job.data.spec.id);
            yield queued(job, stateOf[state]);
          }
        }
      }
    },
    cancel: async (ids) => {
      const cancelAll = async (found: readonly string[]): Promise<number> => {
        let cancelled = 0;
        for (const chunk of chunks(found)) {
          const done = await Promise.all(chunk.map(async (id) => cancelOne(queue, id)));
          cancelled += done.filter(Boolean).length;
        }
        return cancelled;
      };
      if (ids !== undefined) {
        const known = new Set(await idsIn(...bullStates.filter((state) => state !== 'completed')));
        return cancelAll(ids.filter((id) => known.has(id)));
      }
      const { waiting, delayed } = await counted(queue);
      // One by one, each would be looked for in the list of all.
      await queue.drain(true);
      return waiting + delayed + (await cancelAll(await idsIn('active')));
    },
    close: async () => {
      await connection.leave();
      await queue.close();
      await connection.close();
    },
  };
}

function jobOptions(spec: TrialSpec, times: QueueTimes): BullMQ.JobsOptions {
  return {
    jobId: spec.id,
    attempts: spec.retries + 1,
    backoff: { type: 'exponential', delay: times.backoff },
    // A trace says where in this package the failure was reported, which helps nobody.
    stackTraceLimit: 0,
  };
}

/** Removes a job, or marks it when a worker has it; false when it is not there or already marked. */
async function cancelOne(queue: BullMQ.Queue<TrialData, string>, id: string): Promise<boolean> {
  if ((await queue.remove(id)) === 1) return true;
  const job = await queue.getJob(id);
  if (job === undefined || job.data.cancelled === true) return false;
  await job.updateData({ ...job.data, cancelled: true });
  return true;
}

function queued(job: TrialBullJob, state: TrialState): QueuedTrial {
  const { data, attemptsStarted, failedReason, progress } = job;
  return {
    spec: data.spec,
    state,
    attempts: attemptsStarted,
    ...(typeof progress === 'object' && { progress: progress as Record<string, unknown> }),
    ...(failedReason !== undefined && { message: failedReason }),
  };
}

function* chunks<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < values.length; i += CHUNK) yield values.slice(i, i + CHUNK);
}
