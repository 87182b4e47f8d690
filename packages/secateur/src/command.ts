import type { Command } from 'commander';

/** 0: done. 1: it could not be done, or what was checked is not so. 2: the command line makes no sense. 42: it would fail the same way again. */
export type ExitCode = 0 | 1 | 2 | 42;

/** Where a command runs and what it writes to. */
export interface Surroundings {
  /** The folder that the user is in. */
  readonly folder: string;
  /** Whether the terminal shows block characters; without them pictures are drawn in ASCII. */
  readonly unicode: boolean;
  /** Writes text to the standard output. */
  print(text: string): void;
  /** Writes text to the standard error. */
  complain(text: string): void;
}

/** What the file of a command exports. */
export interface CommandFile {
  /** Adds the command's options, arguments and help. */
  configure(command: Command): void;
  /** Does what the parsed command asks for; a {@link CommandError} says why it cannot be done. */
  run(command: Command, surroundings: Surroundings): Promise<ExitCode>;
}
