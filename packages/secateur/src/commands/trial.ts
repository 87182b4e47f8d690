import type { Command } from 'commander';
import type { TrialFlags } from '@secateur/sweep/commands';
import type { ExitCode, Surroundings } from '../command.ts';
import { wholeFrom } from '../command-options.ts';
import { loadSweepCommands } from '../sweep-package.ts';

/** Adds what `secateur trial` takes. */
export function configure(command: Command): void {
  command
    .description(
      'Runs one trial of a sweep: goes on from its newest checkpoint in the store, sends each new one there, and the result last. It needs @secateur/sweep in this folder.',
    )
    .requiredOption(
      '--spec <file#trial>',
      'a file of trials, one a line, and which: its index counted from 0, as Slurm and Kubernetes do, or its id',
    )
    .requiredOption(
      '--store <url>',
      'a folder, file:///folder, or s3://bucket/prefix?endpoint=https://host',
    )
    .option(
      '--scratch <folder>',
      'where it trains, on a disk of this machine (default: a temporary folder)',
    )
    .option('--attempt <n>', 'the number that a scheduler gives this attempt', wholeFrom(1))
    .option(
      '--accept-build',
      'go on with a checkpoint of another kind of processor or SIMD, which rounds otherwise',
    )
    .addHelpText(
      'after',
      `
Exit codes:
  0   the result is in the store
  1   it failed, or was stopped; the same command goes on from the last checkpoint
  2   the command line makes no sense
  42  it would fail the same way again: it diverged, or its settings do not fit`,
    );
}

/** Runs the trial. */
export async function run(command: Command, surroundings: Surroundings): Promise<ExitCode> {
  const { trial } = await loadSweepCommands(surroundings.folder);
  return trial(command.opts<TrialFlags>(), surroundings);
}
