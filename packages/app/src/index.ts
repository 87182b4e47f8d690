/**
 * Private: what the example applications share.
 * @packageDocumentation
 */
export { startBackend, type BackendFlags } from './backend.ts';
export { lineChart } from './charts.ts';
export { askNewProcess } from './new-process.ts';
export {
  checkWith,
  flagOf,
  parseCount,
  parseNumber,
  parseNumbers,
  runDirectoryOf,
  type RawFlags,
} from './options.ts';
export { chooseOrigins, firstOrigins, type Origins } from './origins.ts';
export { readRunMetrics, writeReport, type Metric } from './report.ts';
export {
  firstSession,
  Interrupted,
  trainingSession,
  type SessionState,
  type TrainingSession,
} from './session.ts';
export { countRow, formatTable, timesLess } from './table.ts';
export { timeInTurns } from './time-in-turns.ts';
export { checkpointWeights, tensorsOf, variablesOf } from './weights.ts';
