/** Seeded random choices. */
export interface Choices {
  /** A whole number from `low` to `high`. */
  whole(low: number, high: number): number;
  /** One of several. */
  one<T>(from: readonly T[]): T;
  /** True with a probability. */
  chance(probability: number): boolean;
  /** A number from -1 to 1. */
  real(): number;
}

/** Makes choices from a seed: the same seed, the same choices. */
export function choices(seed: number): Choices {
  // Seeds are neighbours, so the first states must be mixed well (the finalizer of MurmurHash3).
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  state ^= state >>> 13;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    one: (from) => from[Math.floor(next() * from.length)]!,
    chance: (probability) => next() < probability,
    real: () => 2 * next() - 1,
  };
}
