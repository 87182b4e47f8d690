import { Worker } from 'node:worker_threads';
import type { Prepared } from './job.ts';

/** A contender for the bench's own test: a thread of it is at work all the time, as those of some runtimes are. */
export function prepare(): Promise<Prepared> {
  new Worker('for (;;);', { eval: true });
  return Promise.resolve({
    facts: { pid: process.pid },
    round: () => ({ processorMs: process.cpuUsage().user / 1000 }),
  });
}
