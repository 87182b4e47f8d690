import type { MetricsRecord } from '@secateur/training/run';
import type { Point } from './events.ts';

/** Fields that say which record it is. */
const labels = ['step', 'epoch', 'kind'];

/**
 * What can be drawn of the records of a run: each number as `kind/field`, also those in objects, and each list of numbers. A
 * number that JSON lacks was written as null and is left out.
 */
export function pointsOf(records: readonly MetricsRecord[]): Point[] {
  return records.flatMap((record) => {
    const { step, kind } = record;
    const fields = Object.entries(record).filter(([name]) => !labels.includes(name));
    const prefix = typeof kind === 'string' ? [kind] : [];
    return fields.flatMap(([name, value]) => drawn([...prefix, name], value, step));
  });
}

function drawn(path: readonly string[], value: unknown, step: number): Point[] {
  const tag = path.join('/');
  if (typeof value === 'number') return [{ tag, step, value }];
  if (Array.isArray(value)) {
    const numbers = value.filter((each) => typeof each === 'number');
    return numbers.length > 0 ? [{ tag, step, value: numbers }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) => drawn([...path, name], inside, step));
}
