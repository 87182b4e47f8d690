import { terminalText } from '@secateur/input';
import type { Command } from 'commander';
import type { ExitCode, Surroundings } from '../command.ts';
import {
  addRunOptions,
  amount,
  exitCodes,
  layoutOption,
  type RunFlags,
} from '../command-options.ts';
import { openModel } from '../files/open-model.ts';
import { compare } from '../network/compare.ts';
import { comparisonText } from '../show/comparison.ts';
import { number } from '../show/table.ts';

/** Adds what `secateur verify` takes. */
export function configure(command: Command): void {
  addRunOptions(
    command
      .description(
        'Runs two models on the same random inputs and states the largest difference of an output, and how long each took.',
      )
      .argument('<a>', 'a model')
      .argument('<b>', 'another one, of the same format or not')
      .addOption(layoutOption())
      .option('--tolerance <number>', 'largest difference that is right', amount, 1e-5),
  )
    .option('--json', 'print the comparison as JSON')
    .addHelpText(
      'after',
      exitCodes(
        'no output differs by more than the tolerance',
        'one does, or the two cannot be compared',
      ),
    );
}

interface Flags extends RunFlags {
  readonly layout?: string;
  readonly tolerance: number;
  readonly json?: true;
}

/** Compares two models. */
export async function run(command: Command, { folder, print }: Surroundings): Promise<ExitCode> {
  const { layout, tolerance, json = false, ...how } = command.opts<Flags>();
  const [a, b] = command.args as [string, string];
  const one = await openModel(a, folder, { layout });
  // A layout with sizes is that of the first; the second, if it was pruned, brings its own.
  const other = await openModel(b, folder, layout?.startsWith('chain:') ? { layout } : {});
  const found = await compare(await one.runner(), await other.runner(), how);
  const equal = found.maxAbsDifference <= tolerance;
  if (json) print(`${JSON.stringify({ ...found, tolerance, equal }, null, 2)}\n`);
  else {
    const verdict = equal ? 'the same' : 'not the same';
    print(
      terminalText(
        `${comparisonText(found)}\n${verdict}, at a tolerance of ${number(tolerance)}\n`,
      ),
    );
  }
  return equal ? 0 : 1;
}
