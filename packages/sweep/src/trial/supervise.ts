import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseJson, shown } from '@secateur/input';
import { readRegularFile } from '@secateur/safetensors/node';
import { SweepError } from '../error.ts';
import { persistently } from '../store/retry.ts';
import type { TrialStore } from '../store/trial-store.ts';
import type { Build } from './build.ts';
import type { Training, TrainingEnd } from './child.ts';
import { fence } from './fence.ts';
import { type AttemptName, attemptPrefix } from './keys.ts';
import { newestMetrics } from './newest-metrics.ts';
import type { TrialOutcome } from './outcome.ts';
import { toJson } from './records.ts';
import { newestStep, readAll, takeSnapshot } from './run-files.ts';
import { uploadOf } from './upload.ts';

/** Milliseconds from one look at the run directory to the next. */
const POLL = 500;
/** Most milliseconds from one try to save a checkpoint to the next, while the store is away. */
const LONGEST_PAUSE = 5000;
/** Milliseconds to wait between tries to write the result, at which a training has worked for hours. */
const RESULT_PAUSES = [1000, 5000, 15_000, 60_000];

/** What is known of an attempt whose training has started. */
export interface Attempt {
  readonly store: TrialStore;
  readonly id: string;
  readonly attempt: AttemptName;
  readonly build: Build;
  readonly directory: string;
  /** The step that it went on from, or -1. */
  readonly step: number;
  readonly signal?: AbortSignal;
  readonly grace?: number;
  readonly onMetrics?: (record: Readonly<Record<string, unknown>>) => void;
  readonly tell: (line: string) => void;
}

/** Watches over a training: sends its checkpoints to the store, and its result; ends it when a newer attempt began. */
export async function superviseTraining(
  training: Training,
  attempt: Attempt,
): Promise<TrialOutcome> {
  const { store, id, directory, signal, grace = 10_000, onMetrics, tell } = attempt;
  const began = performance.now();
  const seconds = (): number => Math.round(performance.now() - began) / 1000;
  const prefix = attemptPrefix(id, attempt.attempt.name);
  const upload = uploadOf(store, attempt);
  const look = (): Promise<TrialOutcome | undefined> => fence(store, id, attempt.attempt);
  const left = new Set<string>();
  const leave = (path: string): void => {
    if (left.has(path)) return;
    left.add(path);
    tell(
      `expected names of files without ":" and "\\", which not every system takes, found ${shown(path)}; it is not sent to the store: name it otherwise if an attempt needs it to go on.`,
    );
  };

  /** Sends the newest checkpoint, unless it is there; returns what others did, if that ends the attempt. */
  const save = async (): Promise<TrialOutcome | undefined> => {
    if ((newestStep(directory) ?? -1) <= upload.step) return undefined;
    const before = await look();
    const snapshot = before === undefined ? await takeSnapshot(directory, leave) : undefined;
    if (snapshot === undefined || snapshot.step <= upload.step) return before;
    const files = await upload.send(snapshot.files);
    const after = await look();
    if (after !== undefined) return after;
    await upload.finish(snapshot, files, seconds());
    await upload.prune();
    return undefined;
  };

  let end: TrainingEnd | undefined;
  void training.ended.then((value) => (end = value));
  const stop = stopper(training, grace);
  signal?.addEventListener('abort', stop.now, { once: true });
  if (signal?.aborted === true) stop.now();
  let told: string | undefined;
  const show = (): void => {
    const record = newestMetrics(join(directory, 'metrics.jsonl'));
    if (record === undefined || JSON.stringify(record) === told) return;
    told = JSON.stringify(record);
    onMetrics?.(record);
  };
  try {
    let failures = 0;
    let notBefore = 0;
    while (end === undefined) {
      await Promise.race([training.ended, wait(POLL)]);
      show();
      if (performance.now() < notBefore) continue;
      try {
        const verdict = await save();
        failures = 0;
        if (verdict === undefined) continue;
        training.kill();
        await training.ended;
        return verdict;
      } catch (error) {
        // The training goes on: the store may be back before it ends.
        failures += 1;
        notBefore = performance.now() + Math.min(POLL * 2 ** failures, LONGEST_PAUSE);
        tell(`a checkpoint was not saved, and will be tried again: ${(error as Error).message}`);
      }
    }
  } finally {
    training.kill();
    signal?.removeEventListener('abort', stop.now);
    stop.clear();
  }
  // It may have ended while a checkpoint was sent.
  await training.ended;
  show();
  const pauses = signal?.aborted === true ? [] : RESULT_PAUSES;
  return persistently(async () => conclude(await training.ended), isStoreError, pauses);

  async function conclude({ code, message }: TrainingEnd): Promise<TrialOutcome> {
    const verdict = await look();
    if (verdict !== undefined) return verdict;
    const file = join(directory, 'result.json');
    const isFinished = code === 0 && existsSync(file);
    const result = isFinished ? readResult(file) : undefined;
    if (result?.value !== undefined) return finish(result.value);
    const saved = await save();
    if (saved !== undefined) return saved;
    const why =
      code !== 0
        ? message
        : `expected a result.json in the run directory of a command that ends well, found ${result?.problem ?? 'none'} (${message}); write it last, as the run of @secateur/training does`;
    const status = signal?.aborted === true ? 'stopped' : code === 42 ? 'never' : 'retry';
    const outcome = { status, message: `trial ${id}: ${why}.`.replace(/\.\.$/, '.') } as const;
    await store.write(`${prefix}ended.json`, toJson({ ...outcome, seconds: seconds() }));
    return outcome;
  }

  async function finish(result: unknown): Promise<TrialOutcome> {
    const files = await upload.send(await readAll(directory, leave));
    const verdict = await look();
    if (verdict !== undefined) return verdict;
    const record = { result, files, seconds: seconds(), build: attempt.build };
    await store.write(`${prefix}result.json`, toJson(record));
    await upload.pruneAll(files).catch((error: unknown) => {
      tell(`old checkpoints stay in the store: ${(error as Error).message}`);
    });
    return { status: 'done', result, attempt: attempt.attempt.name };
  }
}

/** Asks a training to end, and kills it when its time is over. */
function stopper(training: Training, grace: number): { now: () => void; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => {
      training.stop();
      timer = setTimeout(training.kill, grace);
    },
    clear: () => {
      clearTimeout(timer);
    },
  };
}

function readResult(file: string): { readonly value?: unknown; readonly problem?: string } {
  try {
    return { value: parseJson(new TextDecoder().decode(readRegularFile(file))) };
  } catch (error) {
    return { problem: `one that cannot be read: ${(error as Error).message}` };
  }
}

const isStoreError = (error: unknown): boolean =>
  error instanceof SweepError && error.code === 'store';
