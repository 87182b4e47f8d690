/** A whole number with separators. */
const grouped = (value: number): string => value.toLocaleString('en-GB');

/** How many times smaller something got, such as `2.40x`; a dash where nothing is left. */
export const timesLess = (before: number, after: number): string =>
  after === 0 ? '-' : `${(before / after).toFixed(2)}x`;

/** A row of a before/after table of whole numbers. */
export function countRow(name: string, before: number, after: number): string[] {
  return [name, grouped(before), grouped(after), timesLess(before, after)];
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
