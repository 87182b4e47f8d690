// Times that `npm run bench -- --json` has kept, for tables beside the trained networks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contendersOf, spreadAt, titleOf, type Measurement } from '../bench/process/measure.ts';
import { readBenchFile } from '../bench/report/file.ts';
import { timeCell } from '../bench/report/table.ts';
import { markdown } from './kept.ts';

const folder = join(import.meta.dirname, '../../docs/results/performance');

/** The measurements of a suite in the kept files of these names; of files that are not there none. */
export function measurementsOf(suite: string, files: readonly string[]): Measurement[] {
  return files
    .map((file) => join(folder, `${file}.json`))
    .filter((file) => existsSync(file))
    .flatMap((file) => readBenchFile(file).suites[suite]?.measurements ?? []);
}

/** What {@link sizesTable} shows. */
export interface SizesTable {
  readonly measurements: readonly Measurement[];
  /** What each row is called, and its case; the first is the dense network. */
  readonly cases: readonly (readonly [label: string, name: string])[];
  /** The paper's times in ms, in the order of the cases, where it gives any. */
  readonly paper?: readonly number[];
}

/** Those contenders that are ours, in the order in which they were measured. */
export const oursAmong = (measurements: readonly Measurement[]): Measurement[] =>
  contendersOf(measurements).filter(({ contender }) => contender.startsWith('ours'));

/** Times of a case by some contenders, each with how many times faster it is than in another case. */
export const timeCells = (
  measurements: readonly Measurement[],
  contenders: readonly Measurement[],
  name: string,
  dense: string,
): string[] =>
  contenders.map((one) => {
    const ms = (of: string) => spreadAt(measurements, one, of)?.median;
    return timeCell(ms(name), ms(dense));
  });

/** A row a size, a column a contender of ours, each time with the speed-up over the dense network. */
export function sizesTable({ measurements, cases, paper }: SizesTable): string {
  const ours = oursAmong(measurements);
  return markdown(
    ['units', ...(paper === undefined ? [] : ['the paper']), ...ours.map(titleOf)],
    cases.map(([label, name], at) => [
      label,
      ...(paper === undefined ? [] : [timeCell(paper[at], paper[0])]),
      ...timeCells(measurements, ours, name, cases[0]![1]),
    ]),
  );
}
