/**
 * Run directories for programs that read or write them without TensorFlow.js: a command line, a queue, a report.
 * @packageDocumentation
 */
export {
  openRun,
  readRun,
  type Run,
  type RunOptions,
  type RunReader,
  type RunStatus,
} from '../run.ts';
export { readCheckpoint, writeCheckpoint, type Checkpoint } from '../checkpoint-file.ts';
export { readMetrics, type Metrics, type MetricsRecord } from '../metrics.ts';
export { writeFileAtomic } from '../atomic-file.ts';
export { dropUnwritable } from '../output.ts';
export { exitCodeOf, FAILS_AGAIN } from '../exit-code.ts';
export { TrainingError, type TrainingErrorCode } from '../error.ts';
