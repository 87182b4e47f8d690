import { join } from 'node:path';
import { disturbCli, runCli, type Ended } from '@secateur/testing';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** Runs the command line to its end, in a folder if one is given. */
export const lm = (
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Ended> => runCli(cli, args, options);

/** Starts a run and gives it a signal `delay` ms after it has said `cue`, by default that it begins to train. */
export const disturb = (
  args: readonly string[],
  signal: NodeJS.Signals,
  delay: number,
  cue = 'run directory',
): Promise<Ended> => disturbCli(cli, args, { cue, signal, delay });
