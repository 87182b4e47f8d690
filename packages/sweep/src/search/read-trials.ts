import { isRecord } from '@secateur/input';
import { SweepError } from '../error.ts';
import { messageOf } from '../message-of.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { attemptPrefix, listTrial } from '../trial/keys.ts';
import { fromJson, readFinished, readManifest, type StoredFile } from '../trial/records.ts';

/** Where a trial stands, as the store tells it: `begun` is at work, or was killed and waits for its next attempt. */
export type StoredState = 'waiting' | 'begun' | 'failed' | 'done';

/** What the store knows of a trial. */
export interface TrialRecord {
  readonly spec: TrialSpec;
  readonly state: StoredState;
  /** Attempts that began. */
  readonly attempts: number;
  /** Time of all attempts, in seconds; of one that was killed outright, until its last checkpoint in the store. */
  readonly seconds: number;
  /** What the greatest attempt that finished left in `result.json`. */
  readonly result?: unknown;
  /** The whole run directory of that attempt. */
  readonly files: readonly StoredFile[];
  /** Why the last attempt did not end well. */
  readonly message?: string;
}

/** Requests at once; a store far away answers each of them late. */
const AT_ONCE = 16;

/**
 * Reads where trials stand and what they left, in the order of the specs. Records of `known` that are done are not read
 * again: what is done stays as it is.
 *
 * @throws SweepError with code `store` when a record in the store is damaged.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { expandSweep, openStore, readTrials, runTrial, type TrainFunction } from '@secateur/sweep';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const command = ['node', 'train.js', '{run}', '{side}'];
 * const specs = expandSweep({ name: 'areas', command, settings: { side: [2, 3] }, retries: 5 });
 * const store = openStore(join(folder, 'store'));
 * const train: TrainFunction = async ({ directory }) =>
 *   writeFileSync(join(directory, 'result.json'), '{"area":4}');
 * await runTrial(specs[0]!, { store, scratch: join(folder, 'scratch'), train });
 * const records = await readTrials(store, specs);
 * records.map(({ state, result }) => [state, result]); // => [['done', { area: 4 }], ['waiting', undefined]]
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function readTrials(
  store: TrialStore,
  specs: readonly TrialSpec[],
  known: ReadonlyMap<string, TrialRecord> = new Map(),
): Promise<TrialRecord[]> {
  const records = new Array<TrialRecord>(specs.length);
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < specs.length) {
      const i = next++;
      const before = known.get(specs[i]!.id);
      records[i] = before?.state === 'done' ? before : await readTrial(store, specs[i]!);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return records;
}

async function readTrial(store: TrialStore, spec: TrialSpec): Promise<TrialRecord> {
  const { attempts, manifests, all } = await listTrial(store, spec.id);
  const keys = new Set(all);
  const read = async <T>(key: string, as: (bytes: Uint8Array) => T): Promise<T | undefined> => {
    if (!keys.has(key)) return undefined;
    const bytes = await store.read(key);
    try {
      return bytes && as(bytes);
    } catch (cause) {
      throw new SweepError(
        `store: expected the record of an attempt at ${key} of ${store.url}, found that ${messageOf(cause)}; remove that key.`,
        { code: 'store', cause },
      );
    }
  };
  let seconds = 0;
  /** What the attempts so far, which are the newer ones, went on from. */
  const told = new Map<string, number>();
  let done: { readonly result: unknown; readonly files: readonly StoredFile[] } | undefined;
  let last: Ended | undefined;
  for (const [i, { name }] of attempts.entries()) {
    const prefix = attemptPrefix(spec.id, name);
    const finished = await read(`${prefix}result.json`, readFinished);
    const ended = finished === undefined ? await read(`${prefix}ended.json`, readEnded) : undefined;
    if (finished) done ??= { result: finished.result, files: finished.files };
    if (i === 0) last = ended;
    const from = await read(`${prefix}from.json`, readFrom);
    if (from !== undefined) told.set(from.attempt, from.seconds);
    const over = finished ?? ended;
    const newest = manifests.find(({ attempt }) => attempt.name === name)?.key;
    const saved = over ?? (newest === undefined ? undefined : await read(newest, readManifest));
    seconds += saved?.seconds ?? told.get(name) ?? 0;
  }
  const counted = { spec, attempts: attempts.length, seconds };
  if (done) return { ...counted, state: 'done', ...done };
  const state = attempts.length === 0 ? 'waiting' : last?.status === 'never' ? 'failed' : 'begun';
  return { ...counted, state, files: [], ...(last && { message: last.message }) };
}

interface Ended {
  readonly status: string;
  readonly message: string;
  readonly seconds: number;
}

/** Reads what an attempt left that went on from another one. */
function readFrom(bytes: Uint8Array): { readonly attempt: string; readonly seconds: number } {
  const from = fromJson(bytes);
  if (!isRecord(from)) throw new Error('it is no object');
  return { attempt: String(from['attempt']), seconds: Number(from['seconds']) };
}

/** Reads what an attempt left that ended without a result. */
function readEnded(bytes: Uint8Array): Ended {
  const ended = fromJson(bytes);
  if (!isRecord(ended)) throw new Error('it is no object');
  const { status, message, seconds } = ended;
  return { status: String(status), message: String(message), seconds: Number(seconds) };
}
