import type { CommandFile } from './command.ts';

interface Entry {
  /** What `secateur --help` says about the command. */
  readonly summary: string;
  /** Imports the command's file; no other command is loaded, so that each starts as fast as it can. */
  readonly load: () => Promise<CommandFile>;
}

/** Every command by its name, in the order of `secateur --help`. */
export const commands: Readonly<Record<string, Entry>> = {
  doctor: {
    summary: 'which TensorFlow.js backends work in this folder, and what the others need',
    load: () => import('./commands/doctor.ts'),
  },
};
