import { closest } from 'fastest-levenshtein';

/** Returns the candidate with the smallest edit distance to `name`, or undefined when there are none. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const names = [...candidates];
  if (names.length === 0) return undefined;
  const nearest = closest(compared(name), names.map(compared));
  return names.find((each) => compared(each) === nearest);
}

// The time of a comparison grows with the product of the lengths, and a damaged file can hold a name of any length.
const compared = (name: string): string => name.slice(0, 256);
