import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** The words of a generator's state, 32 bits each. */
type State = [number, number, number, number];

/**
 * Draws which of `size` entries are kept, each with probability `keep`: 1 for these and 0 for the others, by one number of
 * `random` for each. The numbers are those of its `next()`, xoroshiro128+ (Blackman and Vigna 2021), from the state that it
 * is in. Its step is written here once more, with the state in local variables and without a branch: a training step has
 * tens of millions of entries, and a call for each took two and a half times as long.
 */
export function drawMask(size: number, keep: number, random: RandomGenerator): Uint8Array {
  const mask = new Uint8Array(size);
  // The low bits of this generator are its weakest, so they are not looked at.
  const limit = Math.ceil(keep * 2 ** 24);
  // `| 0` says that these are whole numbers of 32 bits, as all below are; without it the loop takes half as long again.
  let [high0, low0, high1, low1] = random.getState().map((word) => word | 0) as State;
  for (let i = 0; i < size; i++) {
    // The sign of the difference: 1 where the number is below the limit.
    mask[i] = (((low0 + low1) >>> 8) - limit) >>> 31;
    const low = low1 ^ low0;
    const high = high1 ^ high0;
    const next0 = (low0 << 24) ^ (high0 >>> 8) ^ low ^ (low << 16);
    high0 = (high0 << 24) ^ (low0 >>> 8) ^ high ^ ((high << 16) | (low >>> 16));
    low0 = next0;
    low1 = (high << 5) ^ (low >>> 27);
    high1 = (low << 5) ^ (high >>> 27);
  }
  return mask;
}
