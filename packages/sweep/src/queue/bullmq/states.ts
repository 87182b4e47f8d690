import type * as BullMQ from 'bullmq';
import type { TrialState } from '../trial-queue.ts';
import type { TrialData } from './connection.ts';

/** What BullMQ calls a state. */
export type BullState = 'delayed' | 'prioritized' | 'waiting' | 'active' | 'completed' | 'failed';

/** Our names of BullMQ's states, in the order in which a trial passes through them. */
export const stateOf: Readonly<Record<BullState, TrialState>> = {
  delayed: 'delayed',
  prioritized: 'waiting',
  waiting: 'waiting',
  active: 'active',
  completed: 'done',
  failed: 'failed',
};
/** The names of all of them. */
export const bullStates = Object.keys(stateOf) as readonly BullState[];

/** How many trials are in each state. */
export async function counted(
  queue: BullMQ.Queue<TrialData, string>,
): Promise<Record<TrialState, number>> {
  const counts = await queue.getJobCounts(...bullStates);
  const found = { waiting: 0, active: 0, delayed: 0, done: 0, failed: 0 };
  for (const state of bullStates) found[stateOf[state]] += counts[state] ?? 0;
  return found;
}
