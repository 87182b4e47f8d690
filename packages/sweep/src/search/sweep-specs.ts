import { expandSweep } from '../spec/expand-sweep.ts';
import type { Sweep } from '../spec/sweep.ts';
import { parseTrialLines, trialLines } from '../spec/trial-lines.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';

/** Where the store keeps the trials that a search added to a sweep. */
const prefixOf = (name: string): string => `sweeps/${name}/searched/`;

/**
 * All trials of a sweep: those that its file says, then those that `front` and `find` added.
 *
 * @throws SweepError with code `spec` when a record of an added trial is damaged.
 *
 * @example
 * ```ts
 * import { openStore, sweepSpecs } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const sweep = { name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 };
 * const specs = await sweepSpecs(openStore('runs/store'), sweep); // no search has added any there
 * specs.map(({ settings }) => settings); // => [{ rate: 0.1 }, { rate: 0.2 }]
 * ```
 */
export async function sweepSpecs(store: TrialStore, sweep: Sweep): Promise<TrialSpec[]> {
  const specs = expandSweep(sweep);
  const known = new Set(specs.map(({ id }) => id));
  for (const key of (await store.list(prefixOf(sweep.name))).sort()) {
    const bytes = await store.read(key);
    if (bytes === undefined) continue;
    const [spec] = parseTrialLines(new TextDecoder().decode(bytes));
    if (spec !== undefined && !known.has(spec.id)) specs.push(spec);
  }
  return specs;
}

/** Keeps trials that a sweep's file does not say, so that reports find them. */
export async function keepSearched(
  store: TrialStore,
  sweep: Sweep,
  specs: readonly TrialSpec[],
): Promise<void> {
  const known = new Set((await sweepSpecs(store, sweep)).map(({ id }) => id));
  for (const spec of specs) {
    if (known.has(spec.id)) continue;
    const text = new TextEncoder().encode(trialLines([spec]));
    await store.write(`${prefixOf(sweep.name)}${spec.id}.json`, text);
  }
}
