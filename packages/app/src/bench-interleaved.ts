import { median } from './median.ts';

/**
 * Median milliseconds of several pieces of work, timed in turn, so that a machine that slows down meanwhile slows all of
 * them. One round is run before and not counted.
 */
export async function benchInterleaved(
  candidates: readonly (() => Promise<void>)[],
  options: { readonly rounds?: number } = {},
): Promise<number[]> {
  const rounds = options.rounds ?? 15;
  const times = candidates.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const start = performance.now();
      await candidate();
      if (round > 0) times[index]!.push(performance.now() - start);
    }
  }
  return times.map(median);
}
