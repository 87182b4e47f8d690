import type * as BullMQ from 'bullmq';
import type { TrialData } from './connection.ts';

/** Delayed trials that are looked at in one go. */
const MOST = 100;

/**
 * Makes what puts trials back whose pause is over. BullMQ measures a pause by the clock of the machine that failed, so that one whose
 * clock is an hour ahead would keep its trials from all others for an hour. Here it is measured from when this process first saw them.
 */
export function overdue(queue: BullMQ.Queue<TrialData, string>): () => Promise<void> {
  let seen = new Map<string, number>();
  return async () => {
    const now = performance.now();
    const jobs = await queue.getDelayed(0, MOST - 1);
    const still = new Map<string, number>();
    for (const job of jobs) {
      const name = `${job.id!} ${job.attemptsStarted}`;
      const since = seen.get(name) ?? now;
      still.set(name, since);
      // Another worker may have taken it meanwhile.
      if (now - since > job.delay) await job.promote().catch(() => undefined);
    }
    seen = still;
  };
}
