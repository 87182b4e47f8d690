/** What is timed under a name; `run` does the whole of it, the reading of a result included. */
export interface Contender {
  readonly name: string;
  run(): void;
}

/** Median milliseconds of each contender over `rounds`, taken in turn so that a busy machine slows all of them. */
export function medians(contenders: readonly Contender[], rounds: number): number[] {
  const times = contenders.map((): number[] => []);
  // The first round warms caches and compilers and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const start = performance.now();
      contender.run();
      if (round > 0) times[index]!.push(performance.now() - start);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
}

/** Prints rows as an aligned table, the first as its head. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    console.log(
      row.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[0]!))).join('  '),
    );
  }
}
