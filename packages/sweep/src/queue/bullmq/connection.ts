import type * as BullMQ from 'bullmq';
import type { TrialSpec } from '../../spec/trial-spec.ts';

/** What a job of BullMQ holds. */
export interface TrialData {
  readonly spec: TrialSpec;
  /** Whether somebody wants it stopped; its worker looks for it. */
  readonly cancelled?: boolean;
}

/** A job of BullMQ that holds a trial. */
export type TrialBullJob = BullMQ.Job<TrialData, string>;

/** BullMQ over a server that answered: Redis and PostgreSQL look the same from here on. */
export interface BullConnection {
  readonly bullmq: typeof BullMQ;
  readonly Queue: typeof BullMQ.Queue<TrialData, string>;
  readonly Worker: typeof BullMQ.Worker<TrialData, string>;
  /** What their constructors take as `connection`. */
  readonly options: BullMQ.ConnectionOptions;
  close(): Promise<void>;
}
