import type { Command } from 'commander';
import type { BackendFlags } from './backend.ts';
import { parseCount } from './options.ts';

/** Where a training computes and what it shows, beside its settings; none of it changes the result. */
export interface TrainOptions {
  /** No progress on the terminal. */
  readonly silent: boolean;
  /** Steps from one checkpoint to the next, besides those at an epoch's end. */
  readonly checkpointEvery: number;
}

/** {@link TrainOptions} of a training in a run directory. */
export interface RunOptions extends TrainOptions {
  readonly directory: string;
  /** Threads of the wasm backend. */
  readonly threads?: number | undefined;
  /** Tells a line of what goes on. */
  readonly say: (line: string) => void;
}

/** The flags of {@link addRunOptions}. */
export interface RunFlags {
  readonly run?: string;
  readonly resume?: string;
  readonly checkpointEvery: number;
  readonly json: boolean;
  readonly silent: boolean;
}

/** Adds what a training in a run directory is told beside its settings. */
export function addRunOptions(command: Command, checkpointEvery: number): Command {
  return command
    .option(
      '--run <folder>',
      'run directory; default: runs/ and the settings that differ from the preset',
    )
    .option(
      '--resume <folder>',
      'go on with the run in this folder, with the settings it began with',
    )
    .option(
      '--checkpoint-every <steps>',
      'steps from one checkpoint to the next',
      parseCount,
      checkpointEvery,
    )
    .option('--json', 'print the result as JSON', false)
    .option('--silent', 'no progress', false);
}

/** The flags of {@link addModelOptions}. */
export interface ModelFlags extends BackendFlags {
  readonly model: string;
}

/** Adds what a command with a saved model is told. */
export function addModelOptions(command: Command, backend: string): Command {
  command.requiredOption('--model <folder>', 'model folder of a run');
  return addBackendOption(command, backend);
}

/** Adds `--backend`, which is `backend` unless told otherwise. */
export function addBackendOption(command: Command, backend: string): Command {
  const help = 'auto, webgpu, node-gpu, node, wasm or cpu';
  return command.option('--backend <name>', help, backend);
}
