import { closest } from 'fastest-levenshtein';

/** Returns the candidate with the smallest edit distance to `name`, or undefined when there are none. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const names = [...candidates];
  return names.length === 0 ? undefined : closest(name, names);
}
