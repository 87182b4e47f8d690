import { isRecord, parseJson } from '@secateur/input';
import { SweepError } from '../error.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';

/** Where a trial stands, as the store tells it: `begun` is at work, or was killed and waits for its next attempt. */
export type StoredState = 'waiting' | 'begun' | 'failed' | 'done';

/** A file of a finished run directory, and the key of its contents. */
export interface StoredFile {
  readonly path: string;
  readonly key: string;
}

/** What the store knows of a trial. */
export interface TrialRecord {
  readonly spec: TrialSpec;
  readonly state: StoredState;
  /** Attempts that began. */
  readonly attempts: number;
  /** Time of all attempts that told it, in seconds; one that was killed outright tells nothing. */
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
  const prefix = `trials/${spec.id}/attempts/`;
  const keys = new Set(await store.list(prefix));
  const names = new Set(Array.from(keys, (key) => key.slice(prefix.length).split('/')[0]!));
  const attempts = [...names].sort(byAttempt);
  let seconds = 0;
  let done: { result: unknown; files: readonly StoredFile[] } | undefined;
  let last: { status: string; message: string } | undefined;
  for (const name of attempts) {
    last = undefined;
    if (keys.has(`${prefix}${name}/result.json`)) {
      const text = await readRecord(store, `${prefix}${name}/result.json`);
      seconds += numberOf(text['seconds']);
      done = { result: text['result'], files: (text['files'] ?? []) as StoredFile[] };
    } else if (keys.has(`${prefix}${name}/ended.json`)) {
      const text = await readRecord(store, `${prefix}${name}/ended.json`);
      seconds += numberOf(text['seconds']);
      last = { status: String(text['status']), message: String(text['message'] ?? '') };
    }
  }
  const counted = { spec, attempts: attempts.length, seconds };
  if (done) return { ...counted, state: 'done', ...done };
  const state = attempts.length === 0 ? 'waiting' : last?.status === 'never' ? 'failed' : 'begun';
  return { ...counted, state, files: [], ...(last && { message: last.message }) };
}

/** Attempts by number, then by token: `0003-k7x2p9` comes before `0010-a1b2c3`. */
function byAttempt(a: string, b: string): number {
  return Number.parseInt(a) - Number.parseInt(b) || (a < b ? -1 : 1);
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

async function readRecord(store: TrialStore, key: string): Promise<Record<string, unknown>> {
  const bytes = await store.read(key);
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(value)) return value;
  } catch (cause) {
    throw damaged(store, key, cause);
  }
  throw damaged(store, key);
}

const damaged = (store: TrialStore, key: string, cause?: unknown): SweepError =>
  new SweepError(
    `store: expected an object in JSON at ${key} of ${store.url}, found something else; remove that key, and its trial is tried again.`,
    { code: 'store', cause },
  );
