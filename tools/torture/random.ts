import { foldSeed } from '@secateur/cells';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random choices that a seed fixes. */
export interface Random {
  /** A whole number of `0 .. below - 1`. */
  below(below: number): number;
  /** One of the items. */
  of<T>(items: readonly T[]): T;
}

/** Starts random choices. */
export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(foldSeed(seed, 'torture'));
  const below = (limit: number): number => uniformInt(generator, 0, limit - 1);
  return { below, of: (items) => items[below(items.length)]! };
}
