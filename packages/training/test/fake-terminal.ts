/** What a terminal of some columns shows of a text with returns, new lines and erasures to the end of the line. */
export function fakeTerminal(columns: number, text: string) {
  const screen: string[][] = [[]];
  let column = 0;
  let wrapped = false;
  // eslint-disable-next-line no-control-regex -- control characters are what a terminal reads
  for (const piece of text.match(/\u001b\[K|\r|\n|[^\r\n\u001b]/gu) ?? []) {
    const row = screen.at(-1)!;
    if (piece === '\u001b[K') row.length = Math.min(row.length, column);
    else if (piece === '\r') column = 0;
    else if (piece === '\n') {
      screen.push([]);
      column = 0;
    } else {
      const width = isWide(piece) ? 2 : 1;
      if (column + width > columns) {
        wrapped = true;
        screen.push([]);
        column = 0;
      }
      screen.at(-1)!.splice(column, width, piece, ...(width === 2 ? [''] : []));
      column += width;
    }
  }
  return {
    /** Rows from the top, without those below the last one written to. */
    lines: () =>
      screen.map((row) => row.join('')).filter((row, i) => row !== '' || i < screen.length - 1),
    /** Whether anything was too long for its row. */
    wrapped: () => wrapped,
  };
}

/** The widest that terminals show: ideographs, syllables, full-width forms, pictures, and what is ambiguous. */
const isWide = (character: string): boolean => character > '~';
