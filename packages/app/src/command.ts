/**
 * Private: what the command lines of the example applications share. It loads without TensorFlow.js, so that what trains nothing
 * starts at once.
 * @packageDocumentation
 */
export { decidedByTarget, penaltyFlags } from './penalty-settings.ts';
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
  teacherFlags,
  type TeacherSettings,
  type RawFlags,
} from './options.ts';
export { applicationProgram } from './application.ts';
export { print, runProgram, say } from './program.ts';
export {
  addBackendOption,
  addModelOptions,
  addRunOptions,
  type ModelFlags,
  type RunOptions,
  type TrainOptions,
} from './run-options.ts';
export type { ExportFlags } from './onnx-options.ts';
export { addPruneOptions, type PruneFlags } from './prune-options.ts';
export { countLine, fixedLine, formatTable, resultRows, sizeLine, timeLine } from './table.ts';
export { resultSchemas } from './result-schema.ts';
export {
  addSettingsOptions,
  asOption,
  givenSettings,
  type SettingsForm,
} from './setting-options.ts';
export {
  count,
  machineSchemas,
  pruningSchemas,
  rate,
  teacherSchemas,
  usualSettings,
} from './setting-schemas.ts';
export { SettingsError } from './settings-error.ts';
