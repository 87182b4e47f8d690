/**
 * Private: what the command lines of the example applications share. It loads without TensorFlow.js, so that what trains nothing
 * starts at once.
 * @packageDocumentation
 */
export { penaltyFlags } from './penalty-settings.ts';
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
export {
  addReportCommand,
  addRunOptions,
  print,
  runProgram,
  say,
  type RunFlags,
} from './program.ts';
export { addExportOptions, onnxLine, type ExportFlags } from './onnx-options.ts';
export { addPruneOptions, type PruneFlags } from './prune-options.ts';
export { countLine, fixedLine, formatTable, resultRows, sizeLine, timeLine } from './table.ts';
export { addSettings, asOption } from './setting-options.ts';
export { count, machineSchemas, pruningSchemas, rate, teacherSchemas } from './setting-schemas.ts';
