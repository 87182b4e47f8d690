import { argumentError } from './error.ts';

/**
 * Makes a seed, a whole number in [0, 2^32), for each combination of `parts`: a step, a layer, the name of a weight. One
 * seed then serves a whole run, `foldSeed(seed, 'dropout', 'lstm1', step)`, and a resumed run needs no saved state of a
 * random generator: step 1200 draws what it would have drawn.
 *
 * Every number up to 32 bits is taken in by a bijection (the finalizer of MurmurHash3). So with the same seed, two steps
 * in the same place among the parts never share a result. Names are hashed to 32 bits first, by FNV-1a.
 *
 * @throws CellError when the seed or a part is a number that is not whole.
 *
 * @example
 * ```ts
 * import { foldSeed } from '@secateur/cells';
 *
 * const seeds = [0, 1, 2].map((step) => foldSeed(1, 'dropout', 'lstm1', step));
 * new Set(seeds).size; // => 3
 * // A run that is resumed draws the same.
 * foldSeed(1, 'dropout', 'lstm1', 2) === seeds[2]; // => true
 * foldSeed(1, 'dropout', 'lstm2', 2) === seeds[2]; // => false
 * ```
 */
export function foldSeed(seed: number, ...parts: readonly (number | string)[]): number {
  let hash = GOLDEN;
  for (const part of [seed, ...parts]) {
    const value = typeof part === 'string' ? hashText(part) : part;
    if (!Number.isSafeInteger(value)) {
      throw argumentError(
        `foldSeed: expected whole numbers or names, found ${String(value)}; round it, or pass a name in quotes.`,
      );
    }
    // Beyond 32 bits, and below zero, the high half counts too.
    const high = Math.floor(value / 2 ** 32);
    if (high !== 0) hash = finalize(hash ^ high);
    hash = finalize((hash + GOLDEN) ^ (value >>> 0));
  }
  return hash >>> 0;
}

/** 2^32 divided by the golden ratio: what keeps zeros from staying zeros. */
export const GOLDEN = 0x9e3779b9;

/** The finalizer of MurmurHash3: a bijection of 32 bits in which each bit of the result depends on each of the input. */
export function finalize(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
