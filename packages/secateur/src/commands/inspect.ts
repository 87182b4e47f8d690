import { countMacs, countParameters, describeLayout, layoutToJson } from '@secateur/groups';
import { namesText, terminalText } from '@secateur/input';
import { componentStrengths, findRemovable } from '@secateur/pruner';
import type { StateSizes } from '@secateur/onnx';
import type { Command } from 'commander';
import type { ExitCode, Surroundings } from '../command.ts';
import { exitCodes, layoutOption, statesOption } from '../command-options.ts';
import type { ModelFile } from '../files/model-file.ts';
import { openModel } from '../files/open-model.ts';
import { heatRow } from '../show/heat-row.ts';
import { grouped, number, table } from '../show/table.ts';

/** Adds what `secateur inspect` takes. */
export function configure(command: Command): void {
  command
    .description(
      'Tells what is in a model: its weights, what reads and writes what, which units can be pruned and why others cannot, and which are dead.',
    )
    .argument('<file>', 'a safetensors file, a folder with a model, a model.json or an ONNX file')
    .addOption(layoutOption())
    .addOption(statesOption())
    .option('--plain', 'draw with ASCII characters')
    .option('--json', 'print the report as JSON, with the layout in it')
    .addHelpText(
      'after',
      exitCodes('the report was made', 'the file cannot be read, or its layout is not known'),
    );
}

interface Flags {
  readonly layout?: string;
  readonly states: StateSizes;
  readonly plain?: true;
  readonly json?: true;
}

/** What is told of one dimension that may lose components. */
interface DimensionFacts {
  readonly size: number;
  /** Components that nothing reads. */
  readonly dead: number;
  /** Norm of every component. */
  readonly norms: readonly number[];
}

/** Prints the report on a model. */
export async function run(
  command: Command,
  { folder, unicode, print }: Surroundings,
): Promise<ExitCode> {
  const { layout, states, plain = false, json = false } = command.opts<Flags>();
  const model = await openModel(command.args[0]!, folder, { layout, states });
  const dims = dimensionFacts(model);
  const notes = [...model.notes, ...noNumbers(model)];
  if (json) print(`${JSON.stringify(reportOf(model, dims, notes), null, 2)}\n`);
  else print(terminalText(textOf(model, dims, notes, unicode && !plain)));
  return 0;
}

/** Says which weights hold what is infinite or no number, as those of a training that diverged do. */
function noNumbers({ weights }: ModelFile): string[] {
  const names = Object.keys(weights).filter(
    (name) => !weights[name]!.data.every((value) => Number.isFinite(value)),
  );
  if (names.length === 0) return [];
  return [`${namesText(names)}: infinite or no numbers (NaN) among them`];
}

function dimensionFacts({ weights, layout, dims }: ModelFile): Record<string, DimensionFacts> {
  if (dims.length === 0) return {};
  const { removed } = findRemovable(weights, layout, { dims, atLeast: 0 });
  return Object.fromEntries(
    dims.map((dim) => [
      dim,
      {
        size: layout.dims[dim]!,
        dead: removed[dim]!.length,
        norms: Array.from(componentStrengths(weights, layout, dim)),
      },
    ]),
  );
}

function reportOf(
  { title, path, bytes, layout }: ModelFile,
  dims: Record<string, DimensionFacts>,
  notes: readonly string[],
): unknown {
  return {
    ...{ path, format: title, bytes, parameters: countParameters(layout), macs: countMacs(layout) },
    ...{ prunable: dims, notes, layout: layoutToJson(layout) },
  };
}

function textOf(
  { title, bytes, layout }: ModelFile,
  dims: Record<string, DimensionFacts>,
  notes: readonly string[],
  unicode: boolean,
): string {
  const rows = Object.entries(dims).map(([dim, { size, dead, norms }]) => {
    const finite = norms.filter((norm) => Number.isFinite(norm)).sort((a, b) => b - a);
    const sorted = [...norms.filter((norm) => !Number.isFinite(norm)), ...finite];
    const range = `${number(finite[0] ?? 0)} to ${number(finite.at(-1) ?? 0)}`;
    return [
      dim,
      grouped(size),
      grouped(dead),
      heatRow(sorted, { unicode }),
      finite.length === 0 ? '' : range,
    ];
  });
  const head = ['can be pruned', 'units', 'dead', 'norms, the largest first', ''];
  return [
    `${title}, ${grouped(bytes)} bytes`,
    '',
    describeLayout(layout).trimEnd(),
    '',
    rows.length === 0 ? 'Nothing of it can be pruned.' : table([head, ...rows], [0, 3, 4]),
    ...notes.map((note) => `note: ${note}`),
    '',
  ].join('\n');
}
