import type { Simd } from './simd.ts';

/** What a child process is told on its command line. */
export interface Job {
  /** The module of the job, relative to `tools/bench`; it exports `prepare`. */
  readonly module: string;
  /** The build of our kernels that the process must take. */
  readonly simd: Simd;
  /** Threads of the contender. */
  readonly threads: number;
  /** What the module needs besides. */
  readonly input: unknown;
}

/** A contender that is ready to be timed. */
export interface Prepared {
  /** What was found while preparing, such as values to compare or the resident size before the model. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Runs the contender and gives milliseconds by the name of each case. */
  round(): Promise<Readonly<Record<string, number>>> | Readonly<Record<string, number>>;
  /** What is known after the last round. */
  after?(): Readonly<Record<string, unknown>>;
}

/** What a job's module exports. */
export interface JobModule {
  /** Makes the contender ready. */
  prepare(input: never, job: Job): Promise<Prepared>;
}
