import { setTimeout as wait } from 'node:timers/promises';
import type * as BullMQ from 'bullmq';
import type { TrialOutcome } from '../../trial/outcome.ts';
import { allRefused } from '../refusal.ts';
import { throttle } from '../throttle.ts';
import type { QueueTimes } from '../times.ts';
import type { TrialJob, TrialProgress, WorkOptions } from '../trial-queue.ts';
import { judge, type Verdict } from '../verdict.ts';
import { wake } from '../wake.ts';
import type { BullConnection, TrialBullJob, TrialData } from './connection.ts';
import { overdue } from './overdue.ts';
import { ready } from './ready.ts';
import { counted } from './states.ts';

/** Milliseconds that BullMQ has for its last look into the queue, once no trial runs. */
const LAST_LOOK = 5000;

/** A queue, as its workers see it. */
export interface WorkPlace {
  readonly sweep: string;
  readonly connection: BullConnection;
  readonly queue: BullMQ.Queue<TrialData, string>;
  readonly times: QueueTimes;
}

/** An attempt that this process makes now. */
interface Running {
  readonly controller: AbortController;
  cancelled: boolean;
}

/** Takes trials from a queue on a server until the signal, or until nothing is left. BullMQ renews the locks. */
export async function workOn(
  place: WorkPlace,
  run: (job: TrialJob) => Promise<TrialOutcome>,
  { workers, signal, untilEmpty }: WorkOptions,
): Promise<void> {
  const { sweep, connection, queue, times } = place;
  const running = new Map<string, Running>();
  const refused = new Map<string, string>();
  const changed = wake();
  const stop = (): void => {
    for (const { controller } of running.values()) controller.abort(signal.reason);
    changed.wake();
  };

  const process = async (job: TrialBullJob, token?: string): Promise<string> => {
    const attempt: Running = { controller: new AbortController(), cancelled: false };
    running.set(job.data.spec.id, attempt);
    if (signal.aborted) attempt.controller.abort(signal.reason);
    try {
      const verdict = await attemptAt(job, attempt, run, connection);
      if (verdict.then === 'later' && verdict.refused) {
        refused.set(job.data.spec.id, verdict.message);
      }
      return await settle(place, job, token ?? '', verdict, attempt.cancelled);
    } finally {
      running.delete(job.data.spec.id);
      changed.wake();
    }
  };
  const make = (): BullMQ.Worker<TrialData, string> => {
    const made = new connection.Worker(sweep, process, {
      connection: connection.options,
      autorun: false,
      concurrency: workers,
      lockDuration: times.lockDuration,
      stalledInterval: times.stalledInterval,
      // Machines that are taken away again and again are no reason to give a trial up.
      maxStalledCount: 1000,
      runRetryDelay: 1000,
      drainDelay: connection.drainDelay,
    });
    return made.on('error', connection.report);
  };
  const worker = await ready(make, connection.report, signal);
  for (const event of ['drained', 'completed', 'failed'] as const) worker.on(event, changed.wake);
  // Another worker may have these trials now.
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) running.get(id)?.controller.abort('the queue gave the trial to another');
  });
  const promoteOverdue = overdue(queue);
  const looking = setInterval(() => {
    lookForCancelled(queue, running).catch(connection.report);
    promoteOverdue().catch(connection.report);
  }, times.poll);

  signal.addEventListener('abort', stop, { once: true });
  if (!signal.aborted) void worker.run().catch(connection.report);
  try {
    while (!signal.aborted) {
      if (running.size === 0 && (untilEmpty || refused.size > 0)) {
        // PostgreSQL refuses while it restarts, and the next look asks again.
        const now = await counted(queue).catch(connection.report);
        const error = now && allRefused(refused, now);
        if (error !== undefined) throw error;
        if (untilEmpty && now && now.waiting + now.active + now.delayed === 0) break;
      }
      await changed.sleep(untilEmpty ? times.poll : undefined);
    }
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', stop);
    await connection.leave();
    const paused = worker.pause().catch(connection.report);
    while (running.size > 0) await changed.sleep();
    // BullMQ also waits for its last look into the queue. When PostgreSQL restarts, the answer may be lost and never come; a trial of
    // that look comes back as those of a killed worker do.
    await Promise.race([paused, wait(LAST_LOOK, undefined, { ref: false })]);
    await worker.close(true);
  }
}

async function attemptAt(
  job: TrialBullJob,
  { controller }: Running,
  run: (job: TrialJob) => Promise<TrialOutcome>,
  { report }: BullConnection,
): Promise<Verdict> {
  if (job.data.cancelled === true) return { then: 'back' };
  const progress = throttle((record: TrialProgress) => {
    job.updateProgress(record).catch(report);
  }, 1000);
  try {
    const { spec } = job.data;
    return await judge(run, {
      spec,
      attempt: job.attemptsStarted,
      signal: controller.signal,
      progress,
    });
  } finally {
    progress.stop();
  }
}

/** Does with a job what the verdict says; BullMQ reads the errors. */
async function settle(
  { connection, times }: WorkPlace,
  job: TrialBullJob,
  token: string,
  verdict: Verdict,
  cancelled: boolean,
): Promise<string> {
  const { UnrecoverableError, DelayedError, WaitingError } = connection.bullmq;
  switch (verdict.then) {
    case 'done':
      return verdict.attempt;
    case 'retry':
      throw new Error(verdict.message);
    case 'failed':
      throw new UnrecoverableError(verdict.message);
    case 'later':
      await job.moveToDelayed(Date.now() + times.again, token).catch(connection.report);
      throw new DelayedError();
    case 'back':
      if (cancelled || job.data.cancelled === true) {
        job.opts.removeOnFail = true;
        throw new UnrecoverableError('cancelled');
      }
      // Where the lock is lost, another has the trial already.
      await job.moveToWait(token).catch(connection.report);
      throw new WaitingError();
  }
}

/** Stops what somebody cancelled. */
async function lookForCancelled(
  queue: BullMQ.Queue<TrialData, string>,
  running: ReadonlyMap<string, Running>,
): Promise<void> {
  for (const [id, attempt] of running) {
    if (attempt.cancelled) continue;
    const job = await queue.getJob(id);
    if (job?.data.cancelled !== true) continue;
    attempt.cancelled = true;
    attempt.controller.abort('cancelled');
  }
}
