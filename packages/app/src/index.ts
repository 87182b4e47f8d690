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
export { lambdaAt, penaltyFlags, penaltyOf, targetText, type PenaltySettings } from './penalty.ts';
export { median } from './median.ts';
export { askNewProcess } from './new-process.ts';
export { normsChart } from './norms-chart.ts';
export {
  checkWith,
  flagOf,
  parseCount,
  parseNumber,
  parseNumbers,
  parsePositive,
  parseSeed,
  parseSize,
  presetOf,
  runDirectoryOf,
  addTeacherOptions,
  teacherFlags,
  type TeacherSettings,
  type RawFlags,
} from './options.ts';
export { chooseOrigins, firstOrigins, layoutLeft, type Origins } from './origins.ts';
export {
  addReportCommand,
  addRunOptions,
  print,
  runProgram,
  say,
  type RunFlags,
} from './program.ts';
export { addPruneOptions, pruneModel, type PrunedModel, type PruneFlags } from './prune.ts';
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
export { countLine, fixedLine, formatTable, resultRows, sizeLine, timeLine } from './table.ts';
export { timeInTurns } from './time-in-turns.ts';
export { arraysOf, checkpointWeights, digestOf, tensorsOf, variablesOf } from './weights.ts';
