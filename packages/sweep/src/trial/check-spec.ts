import { isDeepStrictEqual } from 'node:util';
import { isRecord, shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { trialPrefix } from './keys.ts';
import { fromJson, toJson } from './records.ts';

/** What decides a training; the rest of a spec is for those who read its result. */
const deciding = ['sweep', 'command', 'settings'] as const;

/**
 * Keeps the spec of a trial in the store, or checks that it is the one that is there.
 *
 * @throws SweepError of code `spec` when another training is there under this id, or the file is damaged.
 */
export async function checkSpec(store: TrialStore, spec: TrialSpec): Promise<void> {
  const key = `${trialPrefix(spec.id)}spec.json`;
  const bytes = await store.read(key);
  if (bytes === undefined) {
    await store.write(key, toJson(spec));
    return;
  }
  const before = read(bytes);
  const changed = deciding.find((name) => !isDeepStrictEqual(before[name], plain(spec[name])));
  if (changed === undefined) return;
  throw new SweepError(
    `trial ${spec.id}: expected the ${changed} that it began with, ${shown(before[changed])}, found ${shown(spec[changed])}; give the changed trial another id or its sweep another name, or remove ${trialPrefix(spec.id)} from ${store.url}.`,
    { code: 'spec' },
  );
}

/** As JSON has it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function read(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value = fromJson(bytes);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
