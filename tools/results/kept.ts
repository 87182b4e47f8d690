import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { writeFileAtomic } from '@secateur/training';
import { markdownTable } from '../markdown-table.ts';

/** A kept result under the name of its run. */
export interface Kept<Result> {
  readonly name: string;
  readonly result: Result;
}

/**
 * Keeps the results of run directories in a folder, each with the settings of its run and what `more` reads from it.
 *
 * @throws Error when a run is not finished.
 */
export async function keep<Result>(
  runs: readonly string[],
  folder: string,
  more: (run: string, result: Result) => Promise<object>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const run of runs) {
    const read = <T extends object>(file: string): T => {
      if (existsSync(join(run, file)))
        return JSON.parse(readFileSync(join(run, file), 'utf8')) as T;
      throw new Error(
        `${run}: expected the folder of a finished run, found no ${file}; run its command to the end.`,
      );
    };
    const result = read<Result & object>('result.json');
    const config = withoutFolders(read('config.json'));
    const teacher = 'teacher' in result && result.teacher;
    const taught = teacher ? { teacher: withoutFolders(teacher) } : {};
    const kept = { ...result, ...taught, config, ...(await more(run, result)) };
    writeFileAtomic(join(folder, `${basename(run)}.json`), `${JSON.stringify(kept, null, 2)}\n`);
  }
}

/** Reads all kept results of a folder. */
export function readKept<Result>(folder: string): Kept<Result>[] {
  // Not every file system lists names in order.
  return readdirSync(folder)
    .filter((file) => /^[^.].*\.json$/.test(file))
    .sort()
    .map((file) => ({
      name: basename(file, '.json'),
      result: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result,
    }));
}

/** Of files and folders only the names, of models those of their runs too: where they lay on some machine is no setting. */
function withoutFolders(config: object): object {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'string' && /[\\/]/.test(value) ? shortened(value) : value,
    ]),
  );
}

function shortened(path: string): string {
  // Kept results read the same wherever they were made.
  const slashed = path.replaceAll('\\', '/');
  const run = /\/(runs\/.*)$/.exec(`/${slashed}`);
  return run === null ? posix.basename(slashed) : run[1]!;
}

/** A table in Markdown. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(head, rows, false);
}

/** A whole number with commas between its thousands. */
export const thousands = (value: number): string => value.toLocaleString('en-GB');

/** The name of a run without its seed, which its end says: `quick-s2` is `quick` with the second. */
const withoutSeed = (name: string): string => name.replace(/-s\d+$/, '');

/** Whether a run is one of several with other seeds. */
export const isSeeded = (name: string): boolean => withoutSeed(name) !== name;

/** Runs that differ in their seeds, and in the sizes that these found. */
export function bySeeds<Run extends Kept<unknown>>(all: readonly Run[]): Run[][] {
  const names = [...new Set(all.map(({ name }) => withoutSeed(name)))];
  return names.map((name) => all.filter((run) => withoutSeed(run.name) === name));
}

/**
 * The runs of a kind with all of its seeds: `quick-s` has `quick-s1` and on.
 *
 * @throws Error when none is kept.
 */
export function runsOf<Run extends Kept<unknown>>(all: readonly Run[], start: string): Run[] {
  const found = all.filter(
    ({ name }) => name.startsWith(start) && /^\d$/.test(name.slice(start.length)),
  );
  if (found.length === 0)
    throw new Error(`results: expected kept runs ${start}1 and on, found none.`);
  return found;
}

/** A part of a whole in percent. */
export const share = (some: number, all: number): string =>
  `${((100 * some) / all).toFixed(0)}\u00a0%`;

/** The mean of some numbers. */
export const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Mean of several runs with the least and the most of them, in two digits. */
export function spread(values: readonly number[]): string {
  const ends = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
  return values.length === 1
    ? mean(values).toFixed(2)
    : `${mean(values).toFixed(2)} (${ends.join(' to ')})`;
}
