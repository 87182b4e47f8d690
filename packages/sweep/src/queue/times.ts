/** How long a queue waits, in milliseconds. The defaults suit trainings of minutes and hours. */
export interface QueueTimes {
  /** For how long a worker that says nothing keeps its trials; it renews the lock twice in this time. 30,000 if left out. */
  readonly lockDuration: number;
  /** Between looks for trials of workers that are gone; 30,000 if left out. */
  readonly stalledInterval: number;
  /** After the first failure of a trial; it doubles with each. 5000 if left out. */
  readonly backoff: number;
  /** Until a trial that a worker refused is offered again; 30,000 if left out. */
  readonly again: number;
  /** Between looks whether a running trial was cancelled, or whether others' last trials are over; 5000 if left out. */
  readonly poll: number;
}

/** The times that are used where nobody asks for others. */
export const defaultTimes: QueueTimes = {
  lockDuration: 30_000,
  stalledInterval: 30_000,
  backoff: 5000,
  again: 30_000,
  poll: 5000,
};
