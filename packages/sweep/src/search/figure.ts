import { isRecord, nearest, shown } from '@secateur/input';
import { SweepError } from '../error.ts';

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
  if (typeof value !== 'number') {
    throw new SweepError(
      `figure: expected a number at ${key} of the result, found ${shown(value)}; name a number in the sweep.`,
      { code: 'sweep' },
    );
  }
  return value;
}
