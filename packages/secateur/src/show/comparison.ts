import type { Comparison } from '../network/compare.ts';
import { grouped, number } from './table.ts';

/** A comparison in one or two lines. */
export function comparisonText({
  maxAbsDifference,
  largest,
  values,
  by,
  milliseconds,
}: Comparison): string {
  const same = by[0] === by[1];
  const [before, after] = milliseconds.map((each) => `${number(each)} ms`);
  return [
    `largest difference  ${number(maxAbsDifference)} in ${grouped(values)} values of at most ${number(largest)}`,
    `time of a run       ${before} before, ${after} after${same ? ` (${by[0]})` : ` (${by[0]}; ${by[1]})`}`,
  ].join('\n');
}
