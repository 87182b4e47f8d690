import { join } from 'node:path';
import { flagOf, runProgram } from '@secateur/app/command';
import { disturbCli, runCli, runHere, type Ended } from '@secateur/testing';
import { program } from '../../src/program.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** Runs the command line to its end in this process, which has loaded everything. */
export const lm = (args: readonly string[]): Promise<Ended> =>
  runHere(() => runProgram(program), cli, args);

/** Runs the command line to its end as a user does, in a process of its own. */
export const lmProcess = (args: readonly string[]): Promise<Ended> => runCli(cli, args);

/** Starts a run and gives it a signal `delay` ms after it has said `cue`, by default that it begins to train. */
export const disturb = (
  args: readonly string[],
  signal: NodeJS.Signals,
  delay: number,
  cue = 'run directory',
): Promise<Ended> => disturbCli(cli, args, { cue, signal, delay });

/** Settings by name as options of the command line; those that are undefined are left out. */
export const optionsOf = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) =>
      value === true ? [`--${flagOf(key)}`] : [`--${flagOf(key)}`, String(value)],
    );
