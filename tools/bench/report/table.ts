import { formatTable } from '@secateur/app/command';
import { markdownTable } from '../../markdown-table.ts';
import { spreadAt, threadsText, type Measured, type Measurement } from '../process/measure.ts';

/** A table for a person; the first column is left-aligned. */
export interface Table {
  readonly title: string;
  /** What one reads in it. */
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A number with so many decimals that three figures show. */
export function figures(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** One number divided by another; undefined when one is missing. */
export function over(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

/** One number to another, such as `8.10x`; a dash when one is missing. */
export function ratio(over: number | undefined, under: number | undefined): string {
  return over === undefined || under === undefined ? '-' : `${figures(over / under)}x`;
}

/** A time in ms, and how many times less it is than that of the dense network. */
export const timesFaster = (ms: number | undefined, dense: number | undefined): string =>
  `${figures(ms)} (${ratio(dense, ms)})`;

/** A contender's time of a case in ms, and how many times faster it is than in the case of the dense network. */
export function timeCell(
  measurements: readonly Measurement[],
  contender: Measurement,
  name: string,
  dense: string,
): string {
  const ms = (of: string) => spreadAt(measurements, contender, of)?.median;
  return timesFaster(ms(name), ms(dense));
}

/** A share in per cent; a dash when it is missing. */
export function percent(share: number | undefined): string {
  return share === undefined || !Number.isFinite(share) ? '-' : `${(100 * share).toFixed(1)} %`;
}

/** A table in aligned columns, for a terminal. */
export function toText({ title, note, head, rows }: Table): string {
  return [title, ...(note === undefined ? [] : [note]), '', ...formatTable([head, ...rows])].join(
    '\n',
  );
}

/** A table in Markdown, with its title and note. */
export function toMarkdown({ title, note, head, rows }: Table): string {
  const parts = [`**${title}**`, ...(note === undefined ? [] : [note]), markdownTable(head, rows)];
  return parts.join('\n\n');
}

/** One thing that a table must let one check. */
export interface Goal {
  readonly what: string;
  /** Undefined when it was not measured. */
  readonly found: number | undefined;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** The table of a suite's goals, measured against what was found. */
export function goalTable(goals: readonly Goal[]): Table {
  const rows = goals.map(({ what, found, atLeast, atMost }) => {
    const wanted =
      atLeast === undefined ? `at most ${figures(atMost)}` : `at least ${figures(atLeast)}`;
    const met =
      found === undefined
        ? 'not measured'
        : found >= (atLeast ?? -Infinity) && found <= (atMost ?? Infinity)
          ? 'yes'
          : 'no';
    return [what, figures(found), wanted, met];
  });
  return { title: 'Goals', head: ['goal', 'found', 'wanted', 'met'], rows };
}

/** A line for everything that was not measured, and why. */
export function skippedLines({ skipped }: Measured): string[] {
  if (skipped.length === 0) return [];
  const lines = skipped.map(
    ({ contender, threads, case: name, reason }) =>
      `- ${[contender, name, threadsText(threads)].filter(Boolean).join(', ')}: ${reason}`,
  );
  return [`Not measured:\n\n${lines.join('\n')}`];
}
