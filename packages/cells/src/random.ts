import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { CellError } from './error.ts';

/** Starts a generator whose first numbers are already unlike those of the neighbouring seeds. */
export function generator(caller: string, seed: number): RandomGenerator {
  checkSeed(caller, seed);
  // pure-rand's own seeding returns the seed's complement first, so that small seeds would all begin alike.
  const word = (k: number): number => mix(absorb(absorb(0x5eed + k, seed), k));
  return xoroshiro128plusFromState([word(1), word(2), word(3), word(4) | 1]);
}

/**
 * Makes a seed of its own for each combination of `parts` (a step, a layer, a weight's name), so that one seed serves a
 * whole run: `foldSeed(seed, step, 'lstm1')`. Returns a whole number from 0 to 2^32 - 1.
 */
export function foldSeed(seed: number, ...parts: readonly (number | string)[]): number {
  checkSeed('foldSeed', seed);
  let hash = absorb(parts.length, seed);
  for (const part of parts) {
    if (typeof part === 'number') {
      checkSeed('foldSeed', part);
      hash = absorb(hash, part);
    } else {
      // The length first: otherwise ('a', 'b') would equal ('ab').
      hash = absorb(hash, -1 - part.length);
      for (let i = 0; i < part.length; i++) hash = mix(hash ^ part.charCodeAt(i));
    }
  }
  return mix(hash) >>> 0;
}

function checkSeed(caller: string, seed: number): void {
  if (Number.isSafeInteger(seed)) return;
  throw new CellError(
    `${caller}: expected the seed to be a whole number, found ${String(seed)}; derive others from one with foldSeed.`,
  );
}

/** Takes all 53 bits of a whole number into a hash of 32. */
function absorb(hash: number, value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return mix(mix(hash ^ (value | 0)) ^ high);
}

/** A bijection of 32 bits in which each bit of the result depends on each bit of the input. */
function mix(value: number): number {
  let bits = (value + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
