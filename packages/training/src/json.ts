import { isRecord, shown } from '@secateur/input';
import { TrainingError } from './error.ts';

/**
 * Throws unless JSON can hold `value` without loss. JSON writes NaN and Infinity as null, and leaves out functions
 * and the numbers of typed arrays' kind, all without a word; a run that resumes from that is another run.
 */
export function checkJson(value: unknown, where: string, path: string): void {
  const problem = findLoss(value, path, []);
  if (problem !== undefined) {
    throw new TrainingError(
      `${where}: expected what JSON can hold, found ${problem}; leave it out, use null, or keep numbers in tensors.`,
      { code: 'argument' },
    );
  }
}

function findLoss(value: unknown, path: string, parents: readonly object[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `${String(value)} at ${path}`;
  }
  if (typeof value !== 'object') return `a value of type ${typeof value} at ${path}`;
  if (parents.includes(value)) return `an object that holds itself at ${path}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    return `a ${(value as object).constructor.name} at ${path}`;
  }
  const entries = Array.isArray(value)
    ? value.map((item: unknown, i): [string, unknown] => [`${path}[${String(i)}]`, item])
    : Object.entries(value)
        // JSON leaves these out, and so they read back as they were: not there.
        .filter(([, item]) => item !== undefined)
        .map(([key, item]): [string, unknown] => [`${path}.${key}`, item]);
  for (const [at, item] of entries) {
    const loss = findLoss(item, at, [...parents, value]);
    if (loss !== undefined) return loss;
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
