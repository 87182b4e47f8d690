import type { Command } from 'commander';
import type { WrittenOnnx } from './onnx.ts';

/** The flags of {@link addExportOptions}. */
export interface ExportFlags {
  readonly model: string;
  readonly onnx: string;
  readonly backend: string;
  readonly json: boolean;
}

/** Adds what the command `export` is told. */
export function addExportOptions(command: Command, backend: string): Command {
  return command
    .description('write a saved model as ONNX, compared with ONNX Runtime where it is installed')
    .requiredOption('--model <folder>', 'model folder of a run')
    .requiredOption('--onnx <file>', 'file to write')
    .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', backend)
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
