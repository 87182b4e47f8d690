import { median } from '@secateur/app';

/** What several rounds of one measurement gave, in milliseconds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Every round in the order it was taken; the nth of two contenders were taken one after the other. */
  readonly rounds: readonly number[];
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
