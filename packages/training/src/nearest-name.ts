import { closest } from 'fastest-levenshtein';

/** Returns the name with the fewest edits to `name`, in quotes, or a word for none. */
export function nearestName(name: string, names: Iterable<string>): string {
  const candidates = [...names];
  if (candidates.length === 0) return 'none at all';
  const nearest = closest(compared(name), candidates.map(compared));
  return `"${candidates.find((each) => compared(each) === nearest)!}" as the nearest`;
}

// The time of a comparison grows with the product of the lengths, and a damaged file can hold a name of any length.
const compared = (name: string): string => name.slice(0, 256);
