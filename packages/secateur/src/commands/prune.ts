import { resolve } from 'node:path';
import type { CostTarget } from '@secateur/groups';
import { terminalText } from '@secateur/input';
import { formatReport } from '@secateur/pruner';
import type { StateSizes } from '@secateur/onnx';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { ExitCode, Surroundings } from '../command.ts';
import {
  addRunOptions,
  exitCodes,
  layoutOption,
  parseTarget,
  type RunFlags,
  statesOption,
  wholeFrom,
} from '../command-options.ts';
import type { ModelFile, SmallerModel } from '../files/model-file.ts';
import { openModel } from '../files/open-model.ts';
import { checkOutput } from '../files/output.ts';
import { messageOf } from '../message-of.ts';
import { compare, type Comparison } from '../network/compare.ts';
import { comparisonText } from '../show/comparison.ts';
import { grouped } from '../show/table.ts';

/** Adds what `secateur prune` takes. */
export function configure(command: Command): void {
  addRunOptions(
    command
      .description(
        'Removes the units that nothing reads, which changes no output, and with a target also the weakest, until the model costs no more. Writes a model of the same format.',
      )
      .argument('<file>', 'the model')
      .requiredOption(
        '-o, --output <file>',
        'where the smaller model goes; a folder for a model of several files',
      )
      .option(
        '--target <target>',
        'what it may cost: macs=0.5 (multiply-adds), parameters=0.5, bytes=0.5, or units=h1:64,h2:32',
        parseTarget,
      )
      .option('--round-to <n>', 'sizes become multiples of n, with a target', wholeFrom(1))
      .option('--at-least <n>', 'units to keep in each dimension (default: 1)', wholeFrom(0))
      .option(
        '--dims <names>',
        'dimensions that may lose units, parted by commas (default: all that can)',
      )
      .option(
        '--any-size',
        'let the layers of one PyTorch module come out in different sizes, which its class does not load',
      )
      .addOption(layoutOption())
      .addOption(statesOption()),
  )
    .option('--force', 'replace what is at the output')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      exitCodes(
        'the smaller model was written',
        'nothing was written: no unit is dead, the target cannot be met, the smaller model gives no numbers, or the file cannot be read',
      ),
    );
}

interface Flags extends RunFlags {
  readonly output: string;
  readonly target?: CostTarget;
  readonly roundTo?: number;
  readonly atLeast?: number;
  readonly dims?: string;
  readonly anySize?: true;
  readonly layout?: string;
  readonly states: StateSizes;
  readonly force?: true;
  readonly json?: true;
}

/** Prunes a model and prints what it lost. */
export async function run(command: Command, { folder, print }: Surroundings): Promise<ExitCode> {
  const flags = command.opts<Flags>();
  const { target, roundTo, atLeast, dims, anySize = false, json = false } = flags;
  const out = resolve(folder, flags.output);
  const model = await openModel(command.args[0]!, folder, {
    layout: flags.layout,
    states: flags.states,
  });
  checkOutput(out, model.path, flags.force === true);
  if (roundTo !== undefined && target === undefined) {
    throw new CommandError(
      'expected --round-to with a --target, found it alone; add --target macs=0.5.',
    );
  }
  const smaller = await model.smaller({
    anySize,
    ...(target === undefined ? {} : { target }),
    ...(roundTo === undefined ? {} : { roundTo }),
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(dims === undefined ? {} : { dims: [...new Set(dims.split(','))] }),
  });
  if (Object.values(smaller.report.sizes).every(({ before, after }) => before === after)) {
    throw new CommandError(
      `expected units that may go, found none${target === undefined ? ' that is dead; say what the model may cost: --target macs=0.5' : '; it costs no more than the target'}.`,
    );
  }
  const measured = await measure(model, smaller.model, flags);
  if ('lost' in measured && measured.lost > 0) {
    throw new CommandError(
      `expected numbers from the smaller model where the whole one gives numbers, found ${grouped(measured.lost)} of ${grouped(measured.values)} infinite or no number (NaN); is the layout that of the network? See secateur inspect.`,
    );
  }
  const bytes = { before: model.bytes, after: await smaller.model.save(out) };
  if (json)
    print(
      `${JSON.stringify(reportOf(model, smaller, { measured, bytes, out: flags.output }), null, 2)}\n`,
    );
  else print(terminalText(textOf(model, smaller, { measured, bytes, out: flags.output })));
  return 0;
}

/** A comparison, or why there is none. */
type Measured = Comparison | { readonly notMeasured: string };

async function measure(before: ModelFile, after: ModelFile, how: RunFlags): Promise<Measured> {
  try {
    const [one, other] = [await before.runner(), await after.runner()];
    return await compare(one, other, how);
  } catch (error) {
    return { notMeasured: messageOf(error) };
  }
}

/** What was written. */
interface Written {
  readonly measured: Measured;
  readonly bytes: { readonly before: number; readonly after: number };
  /** Where, as the user said it. */
  readonly out: string;
}

function reportOf(
  model: ModelFile,
  { report, exact }: SmallerModel,
  { measured, bytes, out }: Written,
): unknown {
  const { sizes, parameters, macs, notes } = report;
  return {
    output: out,
    format: model.title,
    exact,
    sizes,
    parameters,
    macs,
    bytes,
    measured,
    notes: [...model.notes, ...notes],
  };
}

function textOf(
  model: ModelFile,
  { report, exact }: SmallerModel,
  { measured, bytes, out }: Written,
): string {
  const notes = [...new Set([...model.notes, ...report.notes])];
  return [
    formatReport({ ...report, notes: [] }),
    '',
    exact
      ? 'Only units that nothing reads went: the outputs are the same but for rounding.'
      : 'Units that are read went too: train it on, or judge it by its task.',
    'notMeasured' in measured
      ? `difference and time not measured: ${measured.notMeasured}`
      : comparisonText(measured),
    ...notes.map((note) => `note: ${note}`),
    `${out}: ${model.title}, ${grouped(bytes.before)} bytes before, ${grouped(bytes.after)} after`,
    '',
  ].join('\n');
}
