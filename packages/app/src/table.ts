/** A whole number with separators. */
const grouped = (value: number): string => value.toLocaleString('en-GB');

/** How many times smaller something got, such as `2.40x`; a dash where nothing is left. */
const timesLess = (before: number, after: number): string =>
  after === 0 ? '-' : `${(before / after).toFixed(2)}x`;

/** The networks of a result. */
export interface Networks<Figures> {
  /** The network that it learned from. */
  readonly teacher: Figures | null;
  /** Before its dead components were removed. */
  readonly dense: Figures;
  /** After. */
  readonly pruned: Figures;
}

/** A line of a table of results: what it is called, how it reads, and the number whose ratio is given, if one is. */
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

/** A line of numbers with two decimals. */
export const fixedLine = <Figures>(
  name: string,
  value: (of: Figures) => number,
): Line<Figures> => ({ name, text: (of) => value(of).toFixed(2) });

/** A line of times, which have a ratio. */
export const timeLine = <Figures>(name: string, ms: (of: Figures) => number): Line<Figures> => ({
  ...fixedLine(name, ms),
  ratio: ms,
});

/** A line of sizes, of which a network may lack one. */
export const sizeLine = <Figures>(
  name: string,
  size: (of: Figures) => number | undefined,
): Line<Figures> => ({ name, text: (of) => String(size(of) ?? '-'), ratio: (of) => size(of)! });

/** The rows of a table of results, its head first; `beside` are results of other runs by the names of their columns. */
export function resultRows<Figures>(
  { teacher, dense, pruned }: Networks<Figures>,
  beside: Readonly<Record<string, Pick<Networks<Figures>, 'pruned'>>>,
  lines: readonly Line<Figures>[],
): string[][] {
  const taught = teacher === null ? [] : [teacher];
  const shown = [...taught, dense, pruned];
  const others = Object.values(beside).map((each) => each.pruned);
  return [
    [...['', ...taught.map(() => 'teacher'), 'before', 'after', 'ratio'], ...Object.keys(beside)],
    ...lines.map(({ name, text, ratio }) => [
      name,
      ...shown.map(text),
      ratio === undefined ? '' : timesLess(ratio(dense), ratio(pruned)),
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
