/**
 * Private: what the example applications share.
 * @packageDocumentation
 */
export { startBackend, type BackendFlags } from './backend.ts';
export { lineChart, renderChart } from './charts.ts';
export {
  checkLayout,
  checkSession,
  checkTensors,
  expectFact,
  layoutSchema,
  originsSchema,
  sessionSchema,
  stateWith,
} from './checkpoint-checks.ts';
export { lambdaSchedule, penaltyOf, targetText } from './penalty.ts';
export type { PenaltySettings } from './penalty-settings.ts';
export { median } from './median.ts';
export { askNewProcess } from './new-process.ts';
export { normsChart } from './norms-chart.ts';
export { writeOnnx, type OnnxValues, type WrittenOnnx } from './onnx.ts';
export { firstOrigins, layoutLeft, type Origins } from './origins.ts';
export { pruneModel, type PrunedModel } from './prune.ts';
export { pngUri } from './png.ts';
export { readTensors } from './read-tensors.ts';
export { fileDigest, readLines, readPieces, readText } from './read-text.ts';
export { readRunMetrics, writeReport, type Metric } from './report.ts';
export { requireFinite, requireLayoutOf, sizeOf } from './saved-model.ts';
export {
  firstSession,
  trainingSession,
  type SessionState,
  type TrainingSession,
} from './session.ts';
export { timeInTurns } from './time-in-turns.ts';
export { arraysOf, checkpointWeights, digestOf } from './weights.ts';
