import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { terminalText } from '@secateur/input';
import { openQueue } from '../queue/open-queue.ts';
import type { QueueTimes } from '../queue/times.ts';
import type { TrialQueue } from '../queue/trial-queue.ts';
import { openStore } from '../store/open-store.ts';
import type { TrialStore } from '../store/trial-store.ts';
import type { CommandSurroundings } from './surroundings.ts';

/** What {@link addQueueOptions} adds. */
interface QueueFlags {
  readonly redis?: string;
  readonly postgres?: string;
}

/** Adds the servers that a queue can be on. */
export function addQueueOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--redis <url>', 'where the queue is, such as redis://localhost:6379').env(
        'SECATEUR_REDIS',
      ),
    )
    .addOption(
      new Option(
        '--postgres <url>',
        'where it is instead, such as postgres://user:password@localhost/database',
      ).env('SECATEUR_POSTGRES'),
    );
}

/** `--store`. */
export const storeOption = (): Option =>
  new Option(
    '--store <url>',
    'where checkpoints and results are: a folder, or s3://bucket/prefix?endpoint=https://host',
  );

/** Opens the store of `--store`; a plain path is one in the user's folder. */
export const openStoreAt = (url: string, { folder }: CommandSurroundings): TrialStore =>
  openStore(/^[a-z][a-z\d+.-]+:/i.test(url) ? url : resolve(folder, url));

/** Opens the queue of a sweep where the flags say; the one flag that was typed wins over the environment. */
export async function openQueueOf(
  sweep: string,
  command: Command,
  surroundings: CommandSurroundings,
): Promise<TrialQueue> {
  const { redis, postgres } = command.opts<QueueFlags>();
  // For tests, which cannot wait for half a minute whenever they kill a worker: QueueTimes as JSON.
  const times = process.env['SECATEUR_SWEEP_TIMES'];
  const typed = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  return openQueue({
    sweep,
    ...(redis !== undefined && !(typed('postgres') && !typed('redis')) && { redis }),
    ...(postgres !== undefined && !(typed('redis') && !typed('postgres')) && { postgres }),
    ...(times && { times: JSON.parse(times) as Partial<QueueTimes> }),
    say: sayTo(surroundings),
  });
}

/** Whether the flags, or the environment, name a server. */
export function hasServer(command: Command): boolean {
  const { redis, postgres } = command.opts<QueueFlags>();
  return redis !== undefined || postgres !== undefined;
}

/** Writes a line for a person to the standard error. */
export const sayTo =
  ({ complain }: CommandSurroundings) =>
  (line: string): void =>
    complain(`${terminalText(line)}\n`);

/** A whole number of 1 or more, or an error of the command line. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && text.trim() !== '') return value;
  throw new InvalidArgumentError('Expected a whole number of 1 or more.');
}
