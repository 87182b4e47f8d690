import type { CommandFile } from './command.ts';

interface Entry {
  /** What `secateur --help` says about the command. */
  readonly summary: string;
  /** Imports the command's file; no other command is loaded, so that each starts as fast as it can. */
  readonly load: () => Promise<CommandFile>;
}

/** Every command by its name, in the order of `secateur --help`. */
export const commands: Readonly<Record<string, Entry>> = {
  inspect: {
    summary: 'what is in a model, what of it can be pruned, and what is dead',
    load: () => import('./commands/inspect.ts'),
  },
  prune: {
    summary: 'removes dead units, and with a target weak ones too',
    load: () => import('./commands/prune.ts'),
  },
  convert: {
    summary: 'writes a model in another format',
    load: () => import('./commands/convert.ts'),
  },
  verify: {
    summary: 'runs two models on the same inputs and compares them',
    load: () => import('./commands/verify.ts'),
  },
  report: {
    summary: 'how a run went: its metrics, its result, its model',
    load: () => import('./commands/report.ts'),
  },
  tensorboard: {
    summary: 'writes the metrics of a run for TensorBoard',
    load: () => import('./commands/tensorboard.ts'),
  },
  trial: {
    summary: 'runs one training of a sweep, which goes on wherever it stopped',
    load: () => import('./commands/trial.ts'),
  },
  sweep: {
    summary: 'many trainings, on one machine or on many',
    load: () => import('./commands/sweep.ts'),
  },
  doctor: {
    summary: 'which TensorFlow.js backends work in this folder, and what the others need',
    load: () => import('./commands/doctor.ts'),
  },
};
