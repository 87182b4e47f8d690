import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { WorkerOptions } from '../worker/work.ts';
import { wholeNumber } from './options.ts';
import type { CommandSurroundings } from './surroundings.ts';

interface WorkerFlags {
  readonly workers: number;
  readonly scratch?: string;
  readonly acceptBuild?: true;
}

/** Adds how many trainings run at once in this process. */
export const addWorkers = (command: Command, description: string): Command =>
  command.option('--workers <n>', description, wholeNumber, 1);

/** Adds how a process that trains does so. */
export const addTrainingOptions = (command: Command): Command =>
  command
    .option('--accept-build', 'go on with checkpoints of machines that round otherwise')
    .option(
      '--scratch <folder>',
      'where trainings write, on a disk of this machine (default: a temporary folder)',
    );

/** What {@link addWorkers} and {@link addTrainingOptions} were given, as a worker takes it. */
export function workerOptionsOf(
  command: Command,
  { folder }: CommandSurroundings,
): Pick<WorkerOptions, 'workers' | 'acceptBuild' | 'scratch'> {
  const { workers, acceptBuild = false, scratch } = command.opts<WorkerFlags>();
  return { workers, acceptBuild, ...(scratch && { scratch: resolve(folder, scratch) }) };
}
