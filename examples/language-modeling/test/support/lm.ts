import { join } from 'node:path';
import { disturbCli, runCli, type Ended } from '@secateur/testing';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** Runs the command line to its end. */
export const lm = (args: readonly string[]): Promise<Ended> => runCli(cli, args);

/** Starts a run and gives it a signal `delay` ms after it has begun to train. */
export const disturb = (
  args: readonly string[],
  signal: NodeJS.Signals,
  delay: number,
): Promise<Ended> => disturbCli(cli, args, { cue: 'run directory', signal, delay });
