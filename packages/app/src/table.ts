/** A whole number with separators. */
const grouped = (value: number): string => value.toLocaleString('en-GB');

/** How many times smaller something got, such as `2.40x`; a dash where nothing is left. */
const timesLess = (before: number, after: number): string =>
  after === 0 ? '-' : `${(before / after).toFixed(2)}x`;

/** What a table of results has beside a network before and after its dead components were removed. */
export interface Columns<Figures> {
  /** The network that it learned from. */
  readonly teacher: Figures | null;
  readonly before: Figures;
  readonly after: Figures;
  /** Networks of other runs, by name. */
  readonly beside: Readonly<Record<string, Figures>>;
}

/** A line of such a table: what it is called, how it reads, and the number whose ratio is given, if one is. */
export interface Line<Figures> {
  readonly name: string;
  readonly text: (of: Figures) => string;
  readonly ratio?: (of: Figures) => number;
}

/** A line of whole numbers with their ratio. */
export const countLine = <Figures>(
  name: string,
  count: (of: Figures) => number,
): Line<Figures> => ({ name, text: (of) => grouped(count(of)), ratio: count });

/** The rows of a table of results, its head first. */
export function resultRows<Figures>(
  { teacher, before, after, beside }: Columns<Figures>,
  lines: readonly Line<Figures>[],
): string[][] {
  const shown = [...(teacher === null ? [] : [teacher]), before, after];
  const others = Object.values(beside);
  return [
    [
      ...['', ...(teacher === null ? [] : ['teacher']), 'before', 'after', 'ratio'],
      ...Object.keys(beside),
    ],
    ...lines.map(({ name, text, ratio }) => [
      name,
      ...shown.map(text),
      ratio === undefined ? '' : timesLess(ratio(before), ratio(after)),
      ...others.map(text),
    ]),
  ];
}

/** Rows in aligned columns under a line, for a terminal; the first row is the head, the first column left-aligned. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('   ')
      .trimEnd(),
  );
  lines.splice(1, 0, '-'.repeat(Math.max(...lines.map((line) => line.length))));
  return lines;
}
