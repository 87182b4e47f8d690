import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { terminalText } from '@secateur/input';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { ExitCode, Surroundings } from '../command.ts';
import { exitCodes } from '../command-options.ts';
import { writeOutput } from '../files/output.ts';
import { readRun } from '@secateur/training/run';
import { eventFile } from '../tensorboard/events.ts';
import { pointsOf } from '../tensorboard/points.ts';
import { grouped } from '../show/table.ts';

/** Adds what `secateur tensorboard` takes. */
export function configure(command: Command): void {
  command
    .description(
      'Writes the metrics of a run as an event file, which TensorBoard shows: numbers as curves, lists of numbers as distributions. Called again, it replaces its file.',
    )
    .argument('<run>', 'the folder of a run')
    .option(
      '-o, --output <folder>',
      'where the event file goes (default: the folder tensorboard in the run)',
    )
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      exitCodes(
        'the event file was written',
        'the run has no metrics, or a file cannot be read or written',
      ),
    );
}

/** One name for ever: TensorBoard takes each file whose name has `tfevents` in it as more of the same run. */
const name = 'events.out.tfevents.0.secateur';

/** Writes the event file of a run. */
export function run(command: Command, { folder, print }: Surroundings): Promise<ExitCode> {
  return Promise.resolve().then(() => {
    const { output, json = false } = command.opts<{ output?: string; json?: true }>();
    const found = readRun(resolve(folder, command.args[0]!));
    const points = pointsOf(found.readMetrics());
    if (points.length === 0) {
      throw new CommandError(`expected metrics in "${command.args[0]}", found none; train first.`);
    }
    const target =
      output === undefined ? join(found.directory, 'tensorboard') : resolve(folder, output);
    const file = join(target, name);
    const time = statSync(join(found.directory, 'metrics.jsonl')).mtimeMs / 1000;
    writeOutput(file, eventFile(points, time));
    const tags = new Set(points.map(({ tag }) => tag)).size;
    if (json) print(`${JSON.stringify({ file, tags, points: points.length }, null, 2)}\n`);
    else
      print(
        terminalText(
          `${file}: ${grouped(points.length)} points of ${tags} curves and distributions\ntensorboard --logdir ${target}\n`,
        ),
      );
    return 0;
  });
}
