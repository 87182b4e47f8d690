import { InputError, isRecord, parseJson, shown, typeName, type JsonLimits } from '@secateur/input';
import { argumentError } from './error.ts';

/** Most levels of objects and lists within each other, as many as `parseJson` takes. */
const DEEPEST = 128;

/**
 * The JSON of a value that comes back as it was. JSON writes NaN and Infinity as null, and leaves out functions
 * and the numbers of typed arrays' kind, all without a word; a run that resumes from that is another run. What `parseJson` would
 * refuse is refused here, before it takes the place of something that can be read.
 *
 * @throws TrainingError of code `argument` that names what is lost, or the limit.
 */
export function toJson(value: unknown, where: string, path: string, indent = 0): string {
  const loss = findLoss(value, []);
  if (loss !== undefined) {
    throw argumentError(
      `${where}: expected what JSON can hold, found ${loss.found} at ${path}${loss.at}; leave it out, use null, or keep numbers in tensors.`,
    );
  }
  return readable(where, path, () => JSON.stringify(value, null, indent)).text;
}

/** The text that `write` gives, if `parseJson` takes it, and what that makes of it. */
export function readable(
  where: string,
  path: string,
  write: () => string | undefined,
  limits: JsonLimits = {},
): { readonly text: string; readonly value: unknown } {
  try {
    const text = write();
    if (text === undefined) throw new TypeError('expected a value that JSON writes, found none');
    return { text, value: parseJson(text, limits) };
  } catch (cause) {
    const { message } = cause as Error;
    const isLimit = cause instanceof InputError && cause.code === 'limit';
    const problem = isLimit ? message.replace(/;[^;]*$/, '; keep long lists in tensors') : message;
    throw argumentError(`${where}: ${path}: ${problem}`, { cause });
  }
}

/** What JSON would lose, and where below the value. */
interface Loss {
  readonly found: string;
  readonly at: string;
}

function findLoss(value: unknown, parents: object[]): Loss | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { found: String(value), at: '' };
  }
  if (typeof value !== 'object') return { found: `a value of type ${typeof value}`, at: '' };
  if (parents.includes(value)) return { found: 'an object that holds itself', at: '' };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    return { found: `a ${typeName(value)}`, at: '' };
  }
  if (parents.length === DEEPEST) {
    return { found: `more than ${String(DEEPEST)} levels of objects and lists`, at: '' };
  }
  const within = [...parents, value];
  if (Array.isArray(value)) {
    // By index: what goes over its entries leaves out those that were never set.
    for (let i = 0; i < value.length; i++) {
      const loss = findLoss(value[i], within);
      if (loss !== undefined) return { ...loss, at: `[${String(i)}]${loss.at}` };
    }
    return undefined;
  }
  for (const [key, item] of Object.entries(value)) {
    // JSON leaves these out, and so they read back as they were: not there.
    const loss = item === undefined ? undefined : findLoss(item, within);
    if (loss !== undefined) return { ...loss, at: `.${key}${loss.at}` };
  }
  return undefined;
}

/** One place where two JSON values differ. */
export interface Difference {
  /** Where, as `model.units`. */
  readonly key: string;
  /** The first one's value, as JSON, or `(not set)`. */
  readonly before: string;
  /** The second one's value, as JSON, or `(not set)`. */
  readonly now: string;
}

/** Lists the keys in which two JSON values differ, whatever the order of their keys. */
export function differences(before: unknown, now: unknown, key = ''): Difference[] {
  if (isRecord(before) && isRecord(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) =>
      differences(
        ownEntry(before, name),
        ownEntry(now, name),
        key === '' ? name : `${key}.${name}`,
      ),
    );
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    return before.flatMap((item: unknown, i) => differences(item, now[i], `${key}[${String(i)}]`));
  }
  if (before === now) return [];
  return [{ key: key === '' ? 'the whole config' : key, before: show(before), now: show(now) }];
}

function ownEntry(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function show(value: unknown): string {
  return value === undefined ? '(not set)' : shown(value, 60);
}
