/**
 * Private: what the example applications share.
 * @packageDocumentation
 */
export { startBackend, type BackendFlags } from './backend.ts';
export { lineChart, renderChart } from './charts.ts';
export {
  checkLayout,
  checkMonitor,
  checkOrigins,
  checkTensors,
  expectFact,
  layoutSchema,
  originalIndicesSchema,
  monitorSchema,
  stateWith,
} from './checkpoint-checks.ts';
export { isTimeToCompact, lambdaSchedule, penaltyOf, targetText } from './penalty.ts';
export type { PenaltySettings } from './penalty-settings.ts';
export { median } from './median.ts';
export { readProbe, verifyInNewProcess, writeProbe } from './probe.ts';
export { normsChart } from './norms-chart.ts';
export { writeOnnx, type OnnxValues, type WrittenOnnx } from './onnx.ts';
export { allIndices, layoutLeft, type OriginalIndices } from './original-indices.ts';
export { pruneModel, type PrunedModel } from './prune.ts';
export { pngUri } from './png.ts';
export { fileDigest, readLines, readPieces, readText } from './read-text.ts';
export { resultFacts } from './result-schema.ts';
export { readRunMetrics, writeReport, type Metric } from './report.ts';
export { requireData, requireFinite, requireLayoutOf, sizeOf, weightBytes } from './saved-model.ts';
export {
  firstMonitorState,
  trainingMonitor,
  type MonitorState,
  type TrainingMonitor,
} from './training-monitor.ts';
export { backendLine, trainInRun } from './train-in-run.ts';
export { benchInterleaved } from './bench-interleaved.ts';
export { arraysOf, checkpointWeights, digestOf, prefixed } from './weights.ts';
