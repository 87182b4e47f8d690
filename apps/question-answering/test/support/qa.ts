import { join } from 'node:path';
import { runProgram } from '@secateur/app/command';
import { disturbCli, runCli, runHere, type Ended } from '@secateur/testing';
import { program } from '../../src/program.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** Runs the command line to its end in this process, which has loaded everything. */
export const qa = (args: readonly string[]): Promise<Ended> =>
  runHere(() => runProgram(program), cli, args);

/** The same with a folder as the current one. */
export async function qaIn(folder: string, args: readonly string[]): Promise<Ended> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await qa(args);
  } finally {
    process.chdir(before);
  }
}

/** Runs the command line to its end as a user does, in a process of its own. */
export const qaProcess = (args: readonly string[]): Promise<Ended> => runCli(cli, args);

/** Starts a run and gives it a signal `delay` ms after it has said `cue`: it has begun to train. */
export const disturb = (
  args: readonly string[],
  signal: NodeJS.Signals,
  delay: number,
  cue = 'run directory',
): Promise<Ended> => disturbCli(cli, args, { cue, signal, delay });
