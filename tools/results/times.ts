// Times that `npm run bench -- --json` has kept, for tables beside the trained networks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rowName, rows } from '../bench/inference/answers.ts';
import { casesOfKind, type Kind } from '../bench/inference/found.ts';
import { lstms, PAPER_PASS, passName, tableOne, tableTwo } from '../bench/inference/stacked.ts';
import { contendersOf, titleOf, type Measurement } from '../bench/process/measure.ts';
import { readBenchFile } from '../bench/report/file.ts';
import { timeCell, timesFaster } from '../bench/report/table.ts';
import { markdown } from './kept.ts';
import type { Times } from './language-models.ts';
import { root } from '../root.ts';

const folder = join(root, 'docs/results/performance');

/** The measurements of a suite in the kept files of these names; of files that are not there none. */
function measurementsOf(suite: string, files: readonly string[]): Measurement[] {
  return files
    .map((file) => join(folder, `${file}.json`))
    .filter((file) => existsSync(file))
    .flatMap((file) => readBenchFile(file).suites[suite]?.measurements ?? []);
}

/** Those contenders that are ours, in the order in which they were measured. */
const oursAmong = (measurements: readonly Measurement[]): Measurement[] =>
  contendersOf(measurements).filter(({ contender }) => contender.startsWith('ours'));

/**
 * Times of the networks of one kind that were found, as the suite `found` of the bench has measured them, the largest first.
 * The table has many columns, so it takes only what a user gets unasked: all threads.
 */
export function foundTimes(kind: Kind): Times {
  const measurements = measurementsOf('found', ['found']);
  const threads = Math.max(...measurements.map((one) => one.threads));
  const ours = oursAmong(measurements).filter((one) => one.threads === threads);
  const largest = casesOfKind(measurements, kind)[0] ?? '';
  return {
    head: ours.map((one) => `ms, ${titleOf(one)}`),
    of(units) {
      const name = passName(lstms(0, units, kind).name, PAPER_PASS);
      return ours.map((one) => timeCell(measurements, one, name, largest));
    },
  };
}

/**
 * A row a size, a column a contender of ours, each time with the speed-up over the dense network, which is the first of `names`;
 * `paper` are the paper's times in ms, where it gives any.
 */
function sizesTable(
  suite: string,
  names: readonly string[],
  caseOf: (name: string) => string,
  paper?: readonly number[],
): string {
  const measurements = measurementsOf(suite, [suite, `${suite}-others`]);
  const ours = oursAmong(measurements);
  return markdown(
    ['units', ...(paper === undefined ? [] : ['the paper']), ...ours.map(titleOf)],
    names.map((name, at) => [
      name,
      ...(paper === undefined ? [] : [timesFaster(paper[at], paper[0])]),
      ...ours.map((one) => timeCell(measurements, one, caseOf(name), caseOf(names[0]!))),
    ]),
  );
}

/** What pruning buys the large network that was trained, whose units these are, in every runtime that was measured. */
export function largeTimes(units: readonly number[]): string {
  const measurements = measurementsOf('infer', ['infer-large']);
  const [dense, found] = [tableOne[0]!, lstms(0, units)].map(({ name }) =>
    passName(name, PAPER_PASS),
  ) as [string, string];
  return markdown(
    ['runtime', 'ms, dense', `ms, (${units.join(', ')})`],
    contendersOf(measurements).map((one) => [
      titleOf(one),
      timeCell(measurements, one, dense, dense),
      timeCell(measurements, one, found, dense),
    ]),
  );
}

/** Untrained networks of the paper's sizes, each table with a line before it. */
export function paperSizes(): string {
  const withSoftmax = (name: string): string => passName(name, PAPER_PASS);
  const nameOf = ({ name }: { readonly name: string }): string => name;
  return [
    '**Two LSTMs, 1,500 inputs, batch 10, 30 steps, with softmax** (Table 1)',
    sizesTable('infer', tableOne.map(nameOf), withSoftmax, [157, 22.11, 14.82]),
    '**Recurrent Highway Network of depth 10, batch 10, 30 steps, with softmax** (Table 2; the paper gives no times)',
    sizesTable('highway', tableTwo.map(nameOf), withSoftmax),
    '**BiDAF, one question** (Tables 3 and 4: units of modelling1, modelling2 and output, both ways)',
    sizesTable(
      'answers',
      rows.map(rowName),
      (name) => name,
      rows.map(({ ms }) => ms),
    ),
  ].join('\n\n');
}
