import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { argumentError } from './error.ts';
import { finalize, GOLDEN } from './seed.ts';

/** Starts a generator whose first numbers are already unlike those of the neighbouring seeds. */
export function generator(caller: string, seed: number): RandomGenerator {
  if (!Number.isSafeInteger(seed)) {
    throw argumentError(
      `${caller}: expected the seed to be a whole number, found ${String(seed)}; derive others from one with foldSeed.`,
    );
  }
  // pure-rand's own seeding returns the seed's complement first, so that small seeds would all begin alike. And foldSeed
  // would do as well here, but the initial values of every network that was kept hang on these bits.
  const word = (k: number): number => mix(absorb(absorb(0x5eed + k, seed), k));
  return xoroshiro128plusFromState([word(1), word(2), word(3), word(4) | 1]);
}

/** Takes all 53 bits of a whole number into a hash of 32. */
function absorb(hash: number, value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return mix(mix(hash ^ (value | 0)) ^ high);
}

const mix = (value: number): number => finalize(value + GOLDEN);
