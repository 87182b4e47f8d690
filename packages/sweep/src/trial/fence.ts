import { SweepError } from '../error.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { type AttemptName, attemptPrefix, isNewer, listTrial, type TrialKeys } from './keys.ts';
import type { TrialOutcome } from './outcome.ts';
import { readFinished } from './records.ts';

/**
 * What others did while an attempt trained, which ends it: there is a result, or a newer attempt began. Undefined when it may write.
 * An attempt that slept through its successor's beginning finds out here.
 *
 * @throws SweepError of code `store` when the store has lost the attempt itself.
 */
export async function fence(
  store: TrialStore,
  id: string,
  attempt: AttemptName,
): Promise<TrialOutcome | undefined> {
  const keys = await listTrial(store, id);
  const done = await finishedOutcome(store, id, keys);
  if (done !== undefined) return done;
  // It wrote that it began. An empty folder where a share was mounted would take results that nobody finds.
  if (!keys.attempts.some(({ name }) => name === attempt.name)) {
    throw new SweepError(
      `store: expected the attempt ${attempt.name} at ${id} in ${store.url}, where it began, found nothing of it; is the folder still mounted, or was the trial removed?`,
      { code: 'store' },
    );
  }
  const newest = keys.attempts[0];
  if (newest === undefined || !isNewer(newest, attempt)) return undefined;
  return {
    status: 'superseded',
    message: `attempt ${newest.name} began after ${attempt.name}, which writes nothing any more.`,
  };
}

/** The result of the newest attempt that has one. */
export async function finishedOutcome(
  store: TrialStore,
  id: string,
  { results }: TrialKeys,
): Promise<TrialOutcome | undefined> {
  for (const { name } of results) {
    const bytes = await store.read(`${attemptPrefix(id, name)}result.json`);
    if (bytes === undefined) continue;
    try {
      return { status: 'done', result: readFinished(bytes).result, attempt: name };
    } catch {
      // A damaged one is as none: the trial is trained again.
    }
  }
  return undefined;
}
