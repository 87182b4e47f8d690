import type { Command } from 'commander';
import type { ExitCode, Surroundings } from '../command.ts';
import { loadSweepCommands } from '../sweep-package.ts';

/** Leaves all arguments, `--help` among them, to the package that knows them. */
export function configure(command: Command): void {
  command.argument('[args...]').allowUnknownOption().helpOption(false);
}

/** Runs `secateur sweep` of the user's folder. */
export async function run(command: Command, surroundings: Surroundings): Promise<ExitCode> {
  const { sweep } = await loadSweepCommands(surroundings.folder);
  return sweep(command.args, surroundings);
}
