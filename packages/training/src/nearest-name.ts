import { nearest } from '@secateur/input';

/** Returns the name with the fewest edits to `name`, in quotes, or a word for none. */
export function nearestName(name: string, names: Iterable<string>): string {
  const match = nearest(name, names);
  return match === undefined ? 'none at all' : `"${match}" as the nearest`;
}
