import { messageOf } from '../message-of.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import type { TrialJob } from './trial-queue.ts';

/** What a queue does with a trial after an attempt. */
export type Verdict =
  | { readonly then: 'done'; readonly attempt: string }
  /** It would fail the same way again. */
  | { readonly then: 'failed'; readonly message: string }
  /** Again after a while, as long as it has retries left. */
  | { readonly then: 'retry'; readonly message: string }
  /** Back into the queue after a while; no retry is used up. */
  | { readonly then: 'later'; readonly message: string; readonly refused: boolean }
  /** Back into the queue at once; no retry is used up. */
  | { readonly then: 'back' };

/** Runs one attempt and says what becomes of the trial. What `run` throws counts as a failure that may pass. */
export async function judge(
  run: (job: TrialJob) => Promise<TrialOutcome>,
  job: TrialJob,
): Promise<Verdict> {
  const outcome = await run(job).catch((error: unknown): TrialOutcome => ({
    status: 'retry',
    message: messageOf(error),
  }));
  switch (outcome.status) {
    case 'done':
      return { then: 'done', attempt: outcome.attempt };
    case 'never':
      return { then: 'failed', message: outcome.message };
    case 'retry':
      return { then: 'retry', message: outcome.message };
    case 'superseded':
    case 'refused':
      return {
        then: 'later',
        message: outcome.message,
        refused: outcome.status === 'refused',
      };
    case 'stopped':
      return { then: 'back' };
  }
}

/** Milliseconds to wait after the n-th failure of a trial, which doubles with each. */
export const backoffAfter = (failures: number, first: number): number =>
  first * 2 ** (failures - 1);
