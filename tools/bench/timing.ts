/** What several rounds of one measurement gave, in milliseconds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Every round in the order it was taken; the nth of two contenders were taken one after the other. */
  readonly rounds: readonly number[];
}

/** The middle of some numbers, the mean of the two middle ones when their count is even. */
export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new Error('median: expected at least one value, found none; measure a round first.');
  }
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Sums up rounds, each to a thousandth of a millisecond. */
export function spreadOf(rounds: readonly number[]): Spread {
  const exact = (value: number): number => Number(value.toFixed(3));
  return {
    median: exact(median(rounds)),
    min: exact(Math.min(...rounds)),
    max: exact(Math.max(...rounds)),
    rounds: rounds.map(exact),
  };
}

/** Milliseconds that `work` takes; what it returns is awaited. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
