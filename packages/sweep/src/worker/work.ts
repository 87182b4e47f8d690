import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import type { TrialJob, TrialQueue } from '../queue/trial-queue.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { versionProblem } from '../trial/compatible.ts';
import { sweepKey } from '../trial/keys.ts';
import type { TrainFunction } from '../trial/in-process.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import { runTrial } from '../trial/run-trial.ts';

/** Options of {@link work}. */
export interface WorkerOptions {
  readonly queue: TrialQueue;
  readonly store: TrialStore;
  /** Trials at once, each in a process of its own; 1 if left out. */
  readonly workers?: number;
  /** Whether to return when nothing is left to do, for nobody; without it, work goes on for ever. */
  readonly untilEmpty?: boolean;
  /** Ends the work: trainings are asked to save a checkpoint and end, and their trials go back to the queue. */
  readonly signal?: AbortSignal;
  /** Whether to go on from checkpoints of another build. */
  readonly acceptBuild?: boolean;
  /** A folder on a disk of this machine; a temporary one, removed at the end, if left out. */
  readonly scratch?: string;
  /** Trains in this process in place of the command. */
  readonly train?: TrainFunction;
  /** Told what goes on, and the lines that trainings write. */
  readonly say?: (line: string) => void;
}

/**
 * Takes trials from a queue and runs them, until the signal or until nothing is left.
 *
 * @throws {@link SweepError} of code `argument` for a number of workers that is none, `version` when the trials were queued by another version of this package, `build` when all that
 * are left began with another build.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { expandSweep, openQueue, openStore, work, type TrainFunction } from '@secateur/sweep';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const command = ['node', 'train.js', '{run}', '{side}'];
 * const queue = await openQueue({ sweep: 'areas' });
 * await queue.add(expandSweep({ name: 'areas', command, settings: { side: [2, 3] }, retries: 5 }));
 * // In place of the command, which is run where this is left out.
 * const train: TrainFunction = async ({ directory, spec }) =>
 *   writeFileSync(join(directory, 'result.json'), `${Number(spec.settings['side']) ** 2}`);
 * await work({ queue, store: openStore(join(folder, 'store')), train, untilEmpty: true });
 * (await queue.counts()).done; // => 2
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function work(options: WorkerOptions): Promise<void> {
  const { queue, store, workers = 1, untilEmpty = false, signal } = options;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new SweepError(
      `work: expected a whole number of workers of 1 or more, found ${shown(workers)}; leave it out for 1.`,
      { code: 'argument' },
    );
  }
  const own = options.scratch === undefined ? mkdtempSync(join(tmpdir(), 'secateur-')) : undefined;
  const scratch = options.scratch ?? own!;
  const unfit = new AbortController();
  let problem: string | undefined;

  const seen = new Set<string>();

  const run = async (job: TrialJob): Promise<TrialOutcome> => {
    const { sweep } = job.spec;
    // An empty folder where a share was mounted would take results that nobody finds.
    if ((await store.read(sweepKey(sweep))) !== undefined) seen.add(sweep);
    else if (seen.has(sweep)) {
      const message = `work: expected the sweep ${sweep} in ${store.url}, where it was, found nothing; is the folder still mounted?`;
      return { status: 'refused', message };
    }
    problem ??= versionProblem(job.spec);
    if (problem !== undefined) {
      // All trials of a sweep were queued by one version: this worker is of no use, and others get them at once.
      unfit.abort();
      return { status: 'stopped', message: problem };
    }
    return attempt(job, scratch, options);
  };
  try {
    await queue.work(run, {
      workers,
      untilEmpty,
      signal: signal === undefined ? unfit.signal : AbortSignal.any([signal, unfit.signal]),
    });
  } finally {
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
  }
  if (problem !== undefined) throw new SweepError(`work: ${problem}`, { code: 'version' });
}

async function attempt(
  job: TrialJob,
  scratch: string,
  { store, acceptBuild = false, train, say = () => undefined }: WorkerOptions,
): Promise<TrialOutcome> {
  const { spec } = job;
  const named = `trial ${spec.id}`;
  try {
    const outcome = await runTrial(spec, {
      store,
      scratch,
      attempt: job.attempt,
      acceptBuild,
      signal: job.signal,
      onMetrics: job.progress,
      ...(train && { train }),
      // Trainings beside each other all say something.
      say: (line) => say(line.startsWith(named) ? line : `${named}: ${line}`),
    });
    const why = 'message' in outcome ? `: ${outcome.message}` : '';
    say(`${named}: ${outcome.status}${why}`);
    return outcome;
  } catch (error) {
    // A trial that makes no sense makes none the next time either.
    if (!(error instanceof SweepError)) throw error;
    say(error.message);
    return { status: 'never', message: error.message };
  }
}
