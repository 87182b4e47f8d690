import { closest } from 'fastest-levenshtein';

/** Returns the name with the fewest edits to `name`, in quotes, or a word for none. */
export function nearestName(name: string, names: Iterable<string>): string {
  const candidates = [...names];
  return candidates.length === 0 ? 'none at all' : `"${closest(name, candidates)}" as the nearest`;
}
