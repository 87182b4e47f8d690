import type { Command } from 'commander';
import type { WrittenOnnx } from './onnx.ts';
import { addModelOptions, type ModelFlags } from './run-options.ts';

/** The flags of {@link addExportOptions}. */
export interface ExportFlags extends ModelFlags {
  readonly onnx: string;
  readonly json: boolean;
}

/** Adds what the command `export` is told. */
export function addExportOptions(command: Command, backend: string): Command {
  return addModelOptions(command, backend)
    .description('write a saved model as ONNX, compared with ONNX Runtime where it is installed')
    .requiredOption('--onnx <file>', 'file to write')
    .option('--json', 'print JSON', false);
}

/** What a line says of a written file. */
export function onnxLine(path: string, { bytes, maxAbsDiff }: WrittenOnnx): string {
  const checked =
    maxAbsDiff === null
      ? 'not compared: npm install onnxruntime-node'
      : `ONNX Runtime differs by at most ${maxAbsDiff.toExponential(1)}`;
  return `${path}: ${bytes.toLocaleString('en-US')} bytes, ${checked}`;
}
