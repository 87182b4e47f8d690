import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileTrouble } from '@secateur/safetensors/node';
import { SweepError } from '../error.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { version } from '../version.ts';
import { describeBuild, isSameBuild, thisBuild } from './build.ts';
import { startCommand, type Training } from './child.ts';
import { checkSpec } from './check-spec.ts';
import { commandLine } from './command-line.ts';
import { versionProblem } from './compatible.ts';
import { finishedOutcome } from './fence.ts';
import { startFunction, type TrainFunction } from './in-process.ts';
import { type AttemptName, attemptPrefix, isNewer, listTrial, nameAttempt } from './keys.ts';
import type { TrialOutcome } from './outcome.ts';
import { toJson } from './records.ts';
import { newestManifest, resume } from './resume.ts';
import { superviseTraining } from './supervise.ts';

/** What {@link runTrial} takes beside the trial. */
export interface RunTrialOptions {
  readonly store: TrialStore;
  /** A folder on a disk of this machine, where each attempt trains in a folder of its own, removed at its end. */
  readonly scratch: string;
  /** Number that a queue gives the attempt; one more than the greatest in the store if that is more, or if left out. */
  readonly attempt?: number;
  /** Whether to go on from a checkpoint of another build, with which the result is not that of either. Default false. */
  readonly acceptBuild?: boolean;
  /** Stops the training: it is asked to save a checkpoint and end. */
  readonly signal?: AbortSignal;
  /** Milliseconds that it has for that before it is killed; 10,000 by default. */
  readonly grace?: number;
  /** Given the newest record of `metrics.jsonl`, at most twice a second. */
  readonly onMetrics?: (record: Readonly<Record<string, unknown>>) => void;
  /** Trains in this process in place of the command. */
  readonly train?: TrainFunction;
  /** Told what goes on, and the lines that the command writes. */
  readonly say?: (line: string) => void;
}

/**
 * Makes one attempt at a trial, to its end or to whatever ends it: goes on from the newest whole checkpoint in the store, sends
 * each new one there, and writes the result last. Whatever dies on the way, another attempt goes on from there.
 *
 * @throws SweepError for what the caller gave: code `spec` for another training under a known id or a place in the command that
 * nothing fills, `argument` for an id that is no name.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { expandSweep, openStore, runTrial, type TrainFunction } from '@secateur/sweep';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const command = ['node', 'train.js', '{run}', '{side}'];
 * const [spec] = expandSweep({ name: 'areas', command, settings: { side: 3 }, retries: 5 });
 * const options = { store: openStore(join(folder, 'store')), scratch: join(folder, 'scratch') };
 * // In place of the command, which is run where this is left out.
 * const train: TrainFunction = async ({ directory }) =>
 *   writeFileSync(join(directory, 'result.json'), '{"area":9}');
 * const outcome = await runTrial(spec!, { ...options, train });
 * outcome.status === 'done' && outcome.result; // => { area: 9 }
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function runTrial(spec: TrialSpec, options: RunTrialOptions): Promise<TrialOutcome> {
  try {
    return await attemptTrial(spec, options);
  } catch (error) {
    if (error instanceof SweepError && error.code === 'store') {
      return { status: 'retry', message: `trial ${spec.id}: ${error.message}` };
    }
    if (isFileSystemError(error)) {
      const { found, advice } = fileTrouble(error);
      const message = `trial ${spec.id}: expected to use ${error.path ?? options.scratch}, found ${found}; ${advice}.`;
      return { status: 'retry', message };
    }
    throw error;
  }
}

async function attemptTrial(spec: TrialSpec, options: RunTrialOptions): Promise<TrialOutcome> {
  const { store, scratch, acceptBuild = false, signal, train, say = () => undefined } = options;
  const { id } = spec;
  const tell = (line: string): void => {
    say(`trial ${id}: ${line}`);
  };
  if (train === undefined) commandLine(spec, '');
  const problem = versionProblem(spec);
  if (problem !== undefined) return { status: 'refused', message: problem };

  const keys = await listTrial(store, id);
  await checkSpec(store, spec);
  const done = await finishedOutcome(store, id, keys);
  if (done !== undefined) return done;
  const build = thisBuild();
  const other = (await newestManifest(store, keys))?.build ?? build;
  if (!isSameBuild(other, build) && !acceptBuild) {
    return {
      status: 'refused',
      message: `trial ${id}: expected a machine of ${describeBuild(other)}, on which it began, found ${describeBuild(build)}, which rounds otherwise; leave it to such a machine, or accept another build (--accept-build) if nobody compares its bits.`,
    };
  }
  if (signal?.aborted === true)
    return { status: 'stopped', message: 'it was stopped before it began.' };

  // What a queue counts may be less than what is in the store: another queue, or none, may have made those.
  const greatest = keys.attempts[0]?.number ?? 0;
  const attempt = nameAttempt(Math.max(options.attempt ?? 1, greatest + 1));
  const prefix = attemptPrefix(id, attempt.name);
  const began = {
    host: hostname(),
    pid: process.pid,
    build,
    versions: { node: process.versions.node, '@secateur/sweep': version },
    time: new Date().toISOString(),
  };
  await store.write(`${prefix}began.json`, toJson(began));

  const folder = join(scratch, id);
  const directory = join(folder, attempt.name);
  removeOlder(folder, attempt);
  try {
    // Only now: older attempts write nothing after they saw that this one began, so what is chosen stays.
    const resumed = await resume(store, id, directory, tell);
    const from = resumed && {
      attempt: resumed.attempt.name,
      step: resumed.manifest.step,
      // That checkpoint will go, and an attempt that was killed has told its time nowhere else.
      seconds: resumed.manifest.seconds,
    };
    if (from !== undefined) {
      tell(`attempt ${attempt.name} goes on from step ${String(from.step)} of ${from.attempt}.`);
      await store.write(`${prefix}from.json`, toJson(from));
    }
    const training: Training =
      train === undefined
        ? startCommand(commandLine(spec, directory), {
            env: { SECATEUR_TRIAL_ID: id, SECATEUR_TRIAL_ATTEMPT: String(attempt.number) },
            say,
          })
        : startFunction(train, { spec, directory });
    return await superviseTraining(training, {
      ...options,
      id,
      attempt,
      build,
      directory,
      step: from?.step ?? -1,
      tell,
    });
  } finally {
    remove(directory);
    removeEmpty(folder);
  }
}

/** Removes what killed attempts of this trial left on this machine; one that still runs may not write any more. */
function removeOlder(folder: string, attempt: AttemptName): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    if (isNewer(attempt, { name, number: parseInt(name) })) remove(join(folder, name));
  }
}

/** Removes a folder as well as it goes: a program that still writes there is no reason to stop. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch {
    // The next attempt on this machine tries again.
  }
}

/** Removes the folder of a trial, unless another attempt has its own there. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty.
  }
}

const isFileSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;
