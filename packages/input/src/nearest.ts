import { closest } from 'fastest-levenshtein';

/** Most characters of a name that are compared: the time grows with the product of the lengths. */
const COMPARED = 256;
/** Most names that are compared. */
const CANDIDATES = 10_000;

/**
 * The name with the fewest edits to `name`, whole; undefined when there is none. The first 256 characters of the first
 * 10,000 names are compared, as a damaged file can hold names of any length and number.
 *
 * @example
 * ```ts
 * import { nearest } from '@secateur/input';
 *
 * nearest('lstm/kernal', ['lstm/bias', 'lstm/kernel']); // => lstm/kernel
 * nearest('lstm/kernal', []); // => undefined
 * ```
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const candidates: string[] = [];
  for (const candidate of names) {
    if (candidates.push(candidate) === CANDIDATES) break;
  }
  if (candidates.length === 0) return undefined;
  const compared = candidates.map(beginning);
  return candidates[compared.indexOf(closest(beginning(name), compared))];
}

const beginning = (name: string): string => name.slice(0, COMPARED);
