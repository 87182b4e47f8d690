import { shown } from '@secateur/input';
import { SweepError } from '../error.ts';

/**
 * A key of a store, or a prefix without the slash at its end: parts that are names on every system and in every bucket.
 *
 * @throws SweepError of code `argument` for anything else, such as `..`.
 */
export function checkKey(key: string): string {
  const parts = key.split('/');
  if (parts.every((part) => /^[\w-][\w.=,+-]*$/.test(part) && !part.endsWith('.'))) return key;
  throw new SweepError(
    `store: expected a key of letters, digits and -_.=,+ with / between its parts, found ${shown(key)}; choose another name.`,
    { code: 'argument' },
  );
}
