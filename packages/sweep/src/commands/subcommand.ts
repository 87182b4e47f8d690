import type { Command } from 'commander';
import type { CommandSurroundings } from './surroundings.ts';

/** One of the commands under `secateur sweep`. */
export interface Subcommand {
  /** What `secateur sweep --help` says about it. */
  readonly summary: string;
  /** Adds its options, arguments and help. */
  configure(command: Command): void;
  /** Does what the parsed command asks for, and returns the exit code. */
  run(command: Command, surroundings: CommandSurroundings): Promise<0 | 1>;
}
