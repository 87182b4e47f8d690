import { isRecord, nearest, shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import { messageOf } from '../message-of.ts';
import type { Trained } from './trade-off.ts';

/**
 * The number at a key of a trial's result: names from the outermost inwards, with dots between them.
 *
 * @example
 * ```ts
 * import { figureOf } from '@secateur/sweep';
 *
 * figureOf({ pruned: { macsPerWord: 263000 } }, 'pruned.macsPerWord'); // => 263000
 * ```
 * @throws SweepError with code `sweep` when there is no number, which names what is there.
 */
export function figureOf(result: unknown, key: string): number {
  const value = valueAt(result, key);
  if (typeof value === 'number') return value;
  throw new SweepError(
    `figure: expected a number at ${key} of the result, found ${shown(value)}; ${value === null ? 'a loss that is NaN is written so; leave what diverges out of the sweep, or remove its record from the store to train it again' : 'name a number in the sweep'}.`,
    { code: 'sweep' },
  );
}

/** The number at a key of a trial's result; the error names the trial. */
export function trialFigure({ spec, result }: Trained, key: string): number {
  return ofTrial(spec.id, () => figureOf(result, key));
}

/** Whether a trial has null where its result should have a figure, as JSON writes NaN. */
export function lacksFigure({ spec, result }: Trained, key: string): boolean {
  return ofTrial(spec.id, () => valueAt(result, key)) === null;
}

function ofTrial<T>(id: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SweepError(`trial ${id}: ${messageOf(cause)}`, { code: 'sweep', cause });
  }
}

function valueAt(result: unknown, key: string): unknown {
  let value: unknown = result;
  const path: string[] = [];
  for (const name of key.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) {
      const names = isRecord(value) ? Object.keys(value) : [];
      const like = nearest(name, names);
      throw new SweepError(
        `figure: expected ${name} of ${key} in ${path.join('.') || 'the result'}, found ${names.length === 0 ? shown(value) : shown(names)}; correct the key in the sweep${like === undefined ? '' : `, to ${[...path, like].join('.')}?`}`,
        { code: 'sweep' },
      );
    }
    value = value[name];
    path.push(name);
  }
  return value;
}
