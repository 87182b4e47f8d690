import { isDeepStrictEqual } from 'node:util';
import { shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import { parseSweep } from '../spec/parse-sweep.ts';
import type { Sweep } from '../spec/sweep.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { sweepKey } from '../trial/keys.ts';

/**
 * Keeps a sweep in the store under its name; the same one again is no change.
 *
 * @throws {@link SweepError} of code `sweep` when another one has that name, saying what differs.
 */
export async function keepSweep(store: TrialStore, text: string): Promise<Sweep> {
  const sweep = parseSweep(text);
  const there = await read(store, sweep.name);
  if (there === undefined) {
    await store.write(sweepKey(sweep.name), new TextEncoder().encode(text));
    return sweep;
  }
  const before = parseSweep(there);
  const names = [...new Set([...Object.keys(before), ...Object.keys(sweep)])] as (keyof Sweep)[];
  const changed = names.find((name) => !isDeepStrictEqual(before[name], sweep[name]));
  if (changed === undefined) return sweep;
  throw new SweepError(
    `sweep ${sweep.name}: expected the ${changed} of the sweep that ${store.url} has under this name, ${shown(before[changed])}, found ${shown(sweep[changed])}; give the changed sweep another name.`,
    { code: 'sweep' },
  );
}

/**
 * Reads the sweep of a name.
 *
 * @throws {@link SweepError} of code `sweep` when the store has none.
 */
export async function storedSweep(store: TrialStore, name: string): Promise<Sweep> {
  const text = await read(store, name);
  if (text !== undefined) return parseSweep(text);
  const names = new Set((await store.list('sweeps/')).map((key) => key.split('/')[1]!));
  throw new SweepError(
    `sweep ${name}: expected ${sweepKey(name)} in ${store.url}, which has ${[...names].join(', ') || 'no sweeps'}, found none; is this its store, and mounted? If so, add it with secateur sweep add.`,
    { code: 'sweep' },
  );
}

async function read(store: TrialStore, name: string): Promise<string | undefined> {
  const bytes = await store.read(sweepKey(name));
  return bytes && new TextDecoder().decode(bytes);
}
