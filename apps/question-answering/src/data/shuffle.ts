import { foldSeed } from '@secateur/cells';

/**
 * The items in an order that depends only on how many there are, `seed` and `stream`, the name of what is shuffled: each
 * place has a hash of its own, and the items are sorted by it.
 */
export function shuffled<T>(items: readonly T[], seed: number, stream: string): T[] {
  const keyed = items.map((item, place) => ({ item, key: foldSeed(seed, stream, place) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
