import { SweepError } from '../error.ts';
import type { TrialState } from './trial-queue.ts';

/**
 * The error that ends a worker which refused all that is left, so that it does not sit there as if it helped; undefined
 * while there is other work, here or at another worker.
 *
 * @param refused - ids of trials that this worker refused, with the reasons.
 */
export function allRefused(
  refused: ReadonlyMap<string, string>,
  counts: Readonly<Record<TrialState, number>>,
): SweepError | undefined {
  const left = counts.delayed;
  const [reason] = refused.values();
  if (reason === undefined || counts.waiting + counts.active > 0) return undefined;
  if (left === 0 || left > refused.size) return undefined;
  return new SweepError(
    `work: expected a trial that this machine may train, found ${left} that it refused; they stay in the queue for others. ${reason}`,
    { code: 'build' },
  );
}
