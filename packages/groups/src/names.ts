import { nearest } from '@secateur/input';
import { argumentError } from './error.ts';

/** A name without quotes: a dash or an arrow can only be told apart when a dash stands inside the name. */
const BARE = String.raw`[\w./:@$]+(?:-+[\w./:@$]+)*`;

const weightName = new RegExp(`^${BARE}`);
const dimensionName = new RegExp(`^(?![0-9])(?!__proto__$)${BARE}$`);

/** Whether `name` can name a dimension in the notation. */
export function isDimensionName(name: string): boolean {
  return dimensionName.test(name);
}

/** The weight's name without quotes that `text` begins with, if there is one. */
export function bareNameOf(text: string): string | undefined {
  return weightName.exec(text)?.[0];
}

/** The words that open a line of sizes. */
export type SizesWord = 'dims' | 'fixed';

/** Which word opens a line of sizes, if it is one. */
export function sizesWordOf(line: string): SizesWord | undefined {
  return /^(?:dims|fixed)(?=\s|$)/.exec(line)?.[0] as SizesWord | undefined;
}

/** A weight's name as the notation writes it: in quotes when it would not be read back otherwise. */
export function quoteName(name: string): string {
  const bare = bareNameOf(name) === name && sizesWordOf(name) === undefined;
  return bare ? name : JSON.stringify(name);
}

/** Advice for the end of a message about an unknown name. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const match = nearest(name, candidates);
  return match === undefined ? 'there is none to choose from.' : `did you mean "${match}"?`;
}

/** The own entry `key` of `record`; a GroupError naming the nearest key when there is none. */
export function entryOf<T>(record: Readonly<Record<string, T>>, key: string, message: string): T {
  if (!Object.hasOwn(record, key)) {
    throw argumentError(`${message}, found "${key}"; ${suggestion(key, Object.keys(record))}`);
  }
  return record[key] as T;
}
