import { TrainingError } from './error.ts';

/**
 * Returns the seed, a whole number in [0, 2^32), for everything random in one training step. It is a hash of its
 * arguments, so a resumed run needs no saved state of a random generator: step 1200 draws what it would have drawn.
 * `stream` keeps the draws of one step apart, by number or by name (`'dropout/lstm1'`).
 *
 * Every stage is a bijection of 32 bits (the finaliser of MurmurHash3), so with the same seed and stream, two steps
 * below 2^32 never share a seed.
 */
export function stepSeed(seed: number, step: number, stream: number | string = 0): number {
  const channel = typeof stream === 'number' ? stream : hashText(stream);
  let hash = 0x9e3779b9;
  for (const value of [seed, channel, step]) {
    checkWhole(value);
    // Beyond 32 bits, and below zero, the high half counts too.
    const high = Math.floor(value / 2 ** 32);
    if (high !== 0) hash = mix(hash ^ high);
    hash = mix((hash + 0x9e3779b9) ^ (value >>> 0));
  }
  return hash >>> 0;
}

function checkWhole(value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new TrainingError(
      `stepSeed: expected whole numbers for seed, step and stream, found ${String(value)}; round them or pass a name as the stream.`,
      { code: 'argument' },
    );
  }
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

// FNV-1a over UTF-16 code units.
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
