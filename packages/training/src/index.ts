/**
 * Run directories with exact resume, checkpoints, metrics, progress and guards for training loops that stay yours.
 * @packageDocumentation
 */
export {
  openRun,
  readRun,
  type Run,
  type RunOptions,
  type RunReader,
  type RunStatus,
} from './run.ts';
export { readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint-file.ts';
export type { CheckpointEntry, SaveOptions } from './checkpoint-store.ts';
export { readMetrics, type Metrics, type MetricsRecord } from './metrics.ts';

export { readVariables, writeVariables } from './variables.ts';
export { readOptimizerState, type OptimizerState, type SavedOptimizer } from './optimizer-state.ts';
export { writeOptimizerState, type WriteOptimizerStateOptions } from './write-optimizer-state.ts';
export type { SavedTensor, SavedTensors } from './saved-tensor.ts';
export type { TrainedVariable } from './trained-variables.ts';
export { movingAverage, type MovingAverage } from './moving-average.ts';

export {
  progressBar,
  type Progress,
  type ProgressMode,
  type ProgressOptions,
  type ProgressUpdate,
} from './progress.ts';
export {
  divergenceGuard,
  type DivergenceGuard,
  type DivergenceGuardOptions,
  type GuardState,
} from './divergence-guard.ts';
export { stoppedTraining } from './stopped-training.ts';
export { dropUnwritable } from './output.ts';
export { onInterrupt, type Interrupt, type InterruptOptions } from './interrupt.ts';

export { writeFileAtomic } from './atomic-file.ts';
export { exitCodeOf, FAILS_AGAIN } from './exit-code.ts';
export { TrainingError, type TrainingErrorCode } from './error.ts';
