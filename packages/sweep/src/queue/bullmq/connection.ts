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
  /** Seconds after which an idle worker asks again, though it is told at once when there is work. */
  readonly drainDelay: number;
  /** Says what failed, with the server's name; BullMQ and the connections below it often report the same. */
  report(error: unknown): void;
  /**
   * Lets go of a server that is away, so that closing what BullMQ opened does not wait for it; call it before. Trials that were
   * not given back come back to the queue as those of a killed worker do.
   */
  leave(): Promise<void>;
  close(): Promise<void>;
}
