import { foldSeed } from '@secateur/cells';

/** Random choices that a seed fixes. */
export interface Random {
  /** A number of `from .. to`. */
  between(from: number, to: number): number;
  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Starts random choices; those of another purpose do not depend on them. */
export function randomOf(seed: number, purpose: string): Random {
  let count = 0;
  const next = (): number => foldSeed(seed, purpose, count++) / 2 ** 32;
  return {
    between: (from, to) => from + next() * (to - from),
    shuffled: (items) => {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}
