import type { TrialOutcome } from '../trial/outcome.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';

/** Where a queued trial stands. */
export type TrialState = 'waiting' | 'active' | 'delayed' | 'done' | 'failed';

/** The newest record of a trial's metrics. */
export type TrialProgress = Readonly<Record<string, unknown>>;

/** A trial as the queue knows it. */
export interface QueuedTrial {
  readonly spec: TrialSpec;
  readonly state: TrialState;
  /** Attempts that began. */
  readonly attempts: number;
  readonly progress?: TrialProgress;
  /** Why the last attempt did not end well. */
  readonly message?: string;
}

/** What a worker is handed: one attempt at one trial. */
export interface TrialJob {
  readonly spec: TrialSpec;
  /** 1 for the first attempt; each later attempt at the trial has a greater one, whoever makes it. */
  readonly attempt: number;
  /** Aborted when the trial is cancelled, when the worker closes, or when the queue has given the trial to another. */
  readonly signal: AbortSignal;
  /** Shows the newest metrics to whoever asks for the status; at most one a second is passed on. */
  progress(record: TrialProgress): void;
}

/** Options of {@link TrialQueue.work}. */
export interface WorkOptions {
  /** Trials at once. */
  readonly workers: number;
  /** Ends the work: running trials are stopped, their checkpoints stay, and they go back to the queue. */
  readonly signal: AbortSignal;
  /** Whether to return when nothing is waiting, delayed or active any more; without it, work goes on for ever. */
  readonly untilEmpty: boolean;
}

/** The trials of one sweep, shared by all workers: in Redis, in PostgreSQL, or in this process. */
export interface TrialQueue {
  readonly kind: 'redis' | 'postgres' | 'memory';
  /** Adds trials; those of known ids stay as they are. Returns how many were new. */
  add(specs: readonly TrialSpec[]): Promise<number>;
  /** Takes trials one after the other and hands them to `run`, as many at once as there are workers. */
  work(run: (job: TrialJob) => Promise<TrialOutcome>, options: WorkOptions): Promise<void>;
  counts(): Promise<Readonly<Record<TrialState, number>>>;
  /** The trials in the queue, or those in some states. One that changes its state meanwhile may come with either. */
  trials(states?: readonly TrialState[]): AsyncIterable<QueuedTrial>;
  /**
   * Takes trials out of the queue and stops them where they run: all that are neither done nor failed without ids. A failed one
   * goes too when its id is given; those that are done stay. Returns how many. To add them again begins them anew.
   */
  cancel(ids?: readonly string[]): Promise<number>;
  close(): Promise<void>;
}
