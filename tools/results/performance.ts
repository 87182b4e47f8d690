// Times that `npm run bench -- --json` has kept, for tables beside the trained networks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contendersOf, titleOf, type Measurement } from '../bench/process/measure.ts';
import { readBenchFile } from '../bench/report/file.ts';
import { figures, ratio } from '../bench/report/table.ts';
import { markdown } from './kept.ts';

const folder = join(import.meta.dirname, '../../docs/results/performance');

/** The measurements of a suite in the kept files of these names; of files that are not there none. */
export function measurementsOf(suite: string, files: readonly string[]): Measurement[] {
  return files
    .map((file) => join(folder, `${file}.json`))
    .filter((file) => existsSync(file))
    .flatMap((file) => readBenchFile(file).suites[suite]?.measurements ?? []);
}

/** Median of a contender's case in ms. */
export function medianOf(
  measurements: readonly Measurement[],
  title: string,
  name: string,
): number | undefined {
  return measurements.find((one) => one.case === name && titleOf(one) === title)?.ms.median;
}

/** What {@link sizesTable} shows. */
export interface SizesTable {
  readonly measurements: readonly Measurement[];
  /** What each row is called, and its case; the first is the dense network. */
  readonly cases: readonly (readonly [label: string, name: string])[];
  /** The paper's times in ms, in the order of the cases, where it gives any. */
  readonly paper?: readonly number[];
}

/** Titles of those contenders that are ours, in the order in which they were measured. */
export const oursAmong = (measurements: readonly Measurement[]): string[] =>
  contendersOf(measurements)
    .map(titleOf)
    .filter((title) => title.startsWith('ours'));

/** A time in ms, with how many times faster than the dense network it is. */
export const timeCell = (ms: number | undefined, dense: number | undefined): string =>
  `${figures(ms)} (${ratio(dense, ms)})`;

/** A row a size, a column a contender of ours, each time with the speed-up over the dense network. */
export function sizesTable({ measurements, cases, paper }: SizesTable): string {
  const ours = oursAmong(measurements);
  return markdown(
    ['units', ...(paper === undefined ? [] : ['the paper']), ...ours],
    cases.map(([label, name], at) => [
      label,
      ...(paper === undefined ? [] : [timeCell(paper[at], paper[0])]),
      ...ours.map((title) =>
        timeCell(medianOf(measurements, title, name), medianOf(measurements, title, cases[0]![1])),
      ),
    ]),
  );
}
