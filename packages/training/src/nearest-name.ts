import { nearest } from '@secateur/input';

/** Returns the name with the fewest edits to `name`, in quotes, or a word for none. */
export function nearestName(name: string, names: Iterable<string>): string {
  const found = nearest(name, names);
  return found === undefined ? 'none at all' : `"${found}" as the nearest`;
}
