import { median } from './median.ts';

/** Counted rounds of slow work; a median of fewer would say little. */
const FEWEST_ROUNDS = 5;
/** Work is slow when its rounds have taken longer than this together, in ms. */
const LONG = 2000;

/**
 * Median milliseconds of several pieces of work, timed in turn, so that a machine that slows down meanwhile slows all of
 * them. One round is run before and not counted. After 5 counted rounds no other begins once 2 s have passed.
 */
export async function benchInterleaved(
  candidates: readonly (() => Promise<void>)[],
  options: { readonly rounds?: number } = {},
): Promise<number[]> {
  const rounds = options.rounds ?? 15;
  const times = candidates.map((): number[] => []);
  const begun = performance.now();
  for (let round = 0; round <= rounds; round++) {
    if (round > FEWEST_ROUNDS && performance.now() - begun > LONG) break;
    for (const [index, candidate] of candidates.entries()) {
      const start = performance.now();
      await candidate();
      if (round > 0) times[index]!.push(performance.now() - start);
    }
  }
  return times.map(median);
}
