import { basename, resolve } from 'node:path';
import { countMacs, countParameters } from '@secateur/groups';
import { terminalText } from '@secateur/input';
import { readRun, type RunReader } from '@secateur/training/run';
import type { Command } from 'commander';
import type { ExitCode, Surroundings } from '../command.ts';
import { exitCodes } from '../command-options.ts';
import type { ModelFile } from '../files/model-file.ts';
import { openModel } from '../files/open-model.ts';
import { messageOf } from '../message-of.ts';
import { heatRow } from '../show/heat-row.ts';
import { grouped, number, table } from '../show/table.ts';
import { pointsOf } from '../tensorboard/points.ts';

/** Adds what `secateur report` takes. */
export function configure(command: Command): void {
  command
    .description(
      'Tells how a run went: whether it is finished, a picture of each of its metrics, its result, and the size of the model that it left.',
    )
    .argument('<run>', 'the folder of a run')
    .option('--plain', 'draw with ASCII characters')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      exitCodes('the report was made', 'the folder holds no run, or a damaged one'),
    );
}

/** One number of the metrics over the steps. */
interface Curve {
  readonly tag: string;
  readonly values: readonly number[];
}

/** Prints the report on a run. */
export async function run(
  command: Command,
  { folder, unicode, print }: Surroundings,
): Promise<ExitCode> {
  const { plain = false, json = false } = command.opts<{ plain?: true; json?: true }>();
  const found = readRun(resolve(folder, command.args[0]!));
  const curves = curvesOf(found);
  const model = await modelOf(found);
  if (json) print(`${JSON.stringify(reportOf(found, curves, model), null, 2)}\n`);
  else print(terminalText(textOf(found, curves, model, unicode && !plain)));
  return 0;
}

function curvesOf(found: RunReader): Curve[] {
  const curves = new Map<string, number[]>();
  for (const { tag, value } of pointsOf(found.readMetrics())) {
    if (typeof value !== 'number') continue;
    const values = curves.get(tag) ?? [];
    curves.set(tag, values);
    values.push(value);
  }
  return [...curves].map(([tag, values]) => ({ tag, values }));
}

/** The model that the run left, or why there is none. */
async function modelOf({ modelDirectory }: RunReader): Promise<ModelFile | string> {
  try {
    return await openModel(modelDirectory, modelDirectory);
  } catch (error) {
    return messageOf(error);
  }
}

function reportOf(found: RunReader, curves: readonly Curve[], model: ModelFile | string): unknown {
  const metrics = curves.map(({ tag, values }) => [
    tag,
    { first: values[0], last: values.at(-1), values: values.length },
  ]);
  return {
    run: found.directory,
    status: found.status,
    config: found.config,
    metrics: Object.fromEntries(metrics) as Record<string, unknown>,
    result: found.readResult() ?? null,
    model:
      typeof model === 'string'
        ? null
        : {
            format: model.title,
            bytes: model.bytes,
            dims: model.layout.dims,
            parameters: countParameters(model.layout),
            macs: countMacs(model.layout),
          },
  };
}

function textOf(
  found: RunReader,
  curves: readonly Curve[],
  model: ModelFile | string,
  unicode: boolean,
): string {
  const rows = curves.map(({ tag, values }) => {
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
    // From the least to the largest: what matters of a curve is how it moves.
    const picture = heatRow(
      values.map((value) => value - least),
      { width: 32, unicode },
    );
    return [tag, picture, number(values[0]!), number(values.at(-1)!), number(least), number(most)];
  });
  const result = found.readResult();
  return [
    `${basename(found.directory)}: ${found.status}`,
    '',
    rows.length === 0
      ? 'No metrics.'
      : table(
          [['metric', 'from the first to the last', 'first', 'last', 'least', 'most'], ...rows],
          [0, 1],
        ),
    ...(result === undefined ? [] : ['', table([['result', ''], ...leavesOf(result)], [0, 1])]),
    '',
    typeof model === 'string' ? `No model: ${model}` : modelText(model),
    '',
  ].join('\n');
}

function modelText({ title, layout, bytes }: ModelFile): string {
  const sizes = Object.entries(layout.dims).map(([dim, size]) => `${dim} ${grouped(size)}`);
  return `model: ${title}, ${sizes.join(', ')}; ${grouped(countParameters(layout))} parameters, ${grouped(countMacs(layout))} multiply-adds a step, ${grouped(bytes)} bytes`;
}

/** The numbers and short texts of a result, with their paths. */
function leavesOf(value: unknown, path = ''): string[][] {
  if (typeof value === 'number') return [[path, grouped(value)]];
  if (typeof value === 'string') return value.length <= 40 ? [[path, value]] : [];
  if (typeof value !== 'object' || value === null)
    return value === null ? [] : [[path, String(value)]];
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) {
    return [[path, value.map(grouped).join(', ')]];
  }
  return Object.entries(value).flatMap(([key, inside]) =>
    leavesOf(inside, path === '' ? key : `${path}.${key}`),
  );
}
