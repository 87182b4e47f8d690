import { median } from './median.ts';

/** Where a round takes long, fewer of them do: after so many no other begins when all have taken so long together. */
const [ENOUGH, MILLISECONDS] = [5, 2000];

/**
 * Median milliseconds of several pieces of work, timed in turn, so that a machine that slows down meanwhile slows all of
 * them. One round is run before and not counted. With slow work there are at least 5 rounds in place of 15, or of `rounds`.
 */
export async function benchInterleaved(
  candidates: readonly (() => Promise<void>)[],
  options: { readonly rounds?: number } = {},
): Promise<number[]> {
  const rounds = options.rounds ?? 15;
  const times = candidates.map((): number[] => []);
  const begun = performance.now();
  for (let round = 0; round <= rounds; round++) {
    if (round > ENOUGH && performance.now() - begun > MILLISECONDS) break;
    for (const [index, candidate] of candidates.entries()) {
      const start = performance.now();
      await candidate();
      if (round > 0) times[index]!.push(performance.now() - start);
    }
  }
  return times.map(median);
}
