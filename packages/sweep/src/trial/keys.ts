import { randomInt } from 'node:crypto';
import type { TrialStore } from '../store/trial-store.ts';

/** One attempt at a trial, by its name in the store, such as `0003-k7x2p9`. */
export interface AttemptName {
  readonly number: number;
  readonly name: string;
}

/** Where the sweep itself is, from when it was added. */
export const sweepKey = (name: string): string => `sweeps/${name}/sweep.json`;

/** Where everything of a trial is. */
export const trialPrefix = (id: string): string => `trials/${id}/`;

/** Where everything of an attempt is. */
export const attemptPrefix = (id: string, attempt: string): string =>
  `${trialPrefix(id)}attempts/${attempt}/`;

/** Where the manifest of a checkpoint is. */
export const manifestKey = (id: string, attempt: string, step: number): string =>
  `${attemptPrefix(id, attempt)}checkpoints/${String(step).padStart(8, '0')}.json`;

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Names an attempt, with letters by chance: no two machines take the same name, whatever number they were given. */
export function nameAttempt(number: number): AttemptName {
  const token = Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
  return { number, name: `${String(number).padStart(4, '0')}-${token}` };
}

/** Whether the first attempt is the newer one: by number, then by token. */
export const isNewer = (a: AttemptName, b: AttemptName): boolean =>
  a.number === b.number ? a.name > b.name : a.number > b.number;

/** What the store has of a trial. */
export interface TrialKeys {
  /** Attempts, newest first. */
  readonly attempts: readonly AttemptName[];
  /** Manifests of checkpoints, the one of the greatest step first, of equal ones that of the newest attempt. */
  readonly manifests: readonly ManifestKey[];
  /** Attempts with a result, newest first. */
  readonly results: readonly AttemptName[];
  readonly all: readonly string[];
}

/** A manifest of a checkpoint, by its name alone. */
interface ManifestKey {
  readonly attempt: AttemptName;
  readonly step: number;
  readonly key: string;
}

/** Lists what the store has of a trial. */
export async function listTrial(store: TrialStore, id: string): Promise<TrialKeys> {
  const prefix = `${trialPrefix(id)}attempts/`;
  const all = await store.list(prefix);
  const attempts = new Map<string, AttemptName>();
  const manifests: ManifestKey[] = [];
  const results: AttemptName[] = [];
  for (const key of all) {
    const [, name, number, rest] =
      /^((\d{4,})-[a-z\d]{6})\/(.+)$/.exec(key.slice(prefix.length)) ?? [];
    if (name === undefined) continue;
    const attempt = { name, number: Number(number) };
    attempts.set(name, attempt);
    const step = /^checkpoints\/(\d{8,})\.json$/.exec(rest!)?.[1];
    if (step !== undefined) manifests.push({ attempt, step: Number(step), key });
    if (rest === 'result.json') results.push(attempt);
  }
  const newestFirst = (a: AttemptName, b: AttemptName): number => (isNewer(a, b) ? -1 : 1);
  return {
    attempts: [...attempts.values()].sort(newestFirst),
    manifests: manifests.sort((a, b) => b.step - a.step || newestFirst(a.attempt, b.attempt)),
    results: results.sort(newestFirst),
    all,
  };
}
