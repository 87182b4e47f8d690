import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import type { Job } from '../process/job.ts';
import type { Measurement } from '../process/measure.ts';
import { figures } from '../report/table.ts';

/** What a training is called by whether it compacts. */
export const WITH = 'compaction every epoch';
/** See {@link WITH}. */
export const WITHOUT = 'no compaction';

/** Whole trainings are long, so there are not more of them. */
export const ROUNDS = 3;

/** A contender whose round is a whole training. */
export const trainingSpec = (contender: string, job: Job): ContenderSpec => ({
  contender,
  simd: job.simd,
  threads: job.threads,
  command: nodeCommand(job),
  // A training is long enough for what is compiled on the way not to matter.
  warmup: false,
});

/** Name, rounds, seconds, fastest and slowest of a training, as cells of a row. */
export const trainingCells = ({ contender, ms }: Measurement): string[] => [
  contender,
  String(ms.rounds.length),
  figures(ms.median / 1000),
  `${figures(ms.min / 1000)} to ${figures(ms.max / 1000)}`,
];
