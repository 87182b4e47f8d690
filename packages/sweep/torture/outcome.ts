import { listTrial } from '../src/trial/keys.ts';
import { fromJson, readFinished } from '../src/trial/records.ts';
import type { TrialStore } from '../src/store/trial-store.ts';

/** What a store has of a sweep, trial by trial. */
export interface StoredSweep {
  /** What each trial came to, as text: its result, and the SHA-256 of each file that it left. */
  readonly bits: ReadonlyMap<string, string>;
  /** Attempts in all. */
  readonly attempts: number;
  /** Attempts that went on from a checkpoint. */
  readonly resumes: number;
  /** Attempts with a result beyond the first of their trial. */
  readonly doubled: number;
  /** How attempts without a result ended, and how often; `killed` are those that could not say. */
  readonly endings: Readonly<Record<string, number>>;
}

/** Reads all that a store has of these trials. */
export async function readSweep(store: TrialStore, ids: readonly string[]): Promise<StoredSweep> {
  const bits = new Map<string, string>();
  const endings: Record<string, number> = {};
  let [attempts, resumes, doubled] = [0, 0, 0];
  for (const id of ids) {
    const keys = await listTrial(store, id);
    attempts += keys.attempts.length;
    doubled += Math.max(keys.results.length - 1, 0);
    resumes += keys.all.filter((key) => key.endsWith('/from.json')).length;
    for (const { name } of keys.attempts) {
      const prefix = `trials/${id}/attempts/${name}/`;
      const result = await store.read(`${prefix}result.json`);
      if (result === undefined) {
        const ended = await store.read(`${prefix}ended.json`);
        const { status } =
          ended === undefined ? { status: 'killed' } : (fromJson(ended) as { status: string });
        endings[status] = (endings[status] ?? 0) + 1;
        continue;
      }
      const found = textOf(readFinished(result));
      // Attempts are the newest first, and the newest result is the one that readers take.
      const other = bits.get(id);
      bits.set(id, other === undefined || other === found ? found : `${other}\nor\n${found}`);
    }
  }
  return { bits, attempts, resumes, doubled, endings };
}

function textOf({ result, files }: ReturnType<typeof readFinished>): string {
  const lines = files.map(({ path, sha256 }) => `${path} ${sha256}`).sort();
  return [JSON.stringify(result), ...lines].join('\n');
}
