import type { TrialStore } from '../src/store/trial-store.ts';

/** A store in memory, for tests of what only reads. */
export function memoryStore(values: Readonly<Record<string, unknown>> = {}): TrialStore {
  const text = (value: unknown): Uint8Array =>
    new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  const kept = new Map(Object.entries(values).map(([key, value]) => [key, text(value)]));
  return {
    url: 'memory:',
    read: (key) => Promise.resolve(kept.get(key)),
    write: (key, value) => Promise.resolve(void kept.set(key, value)),
    list: (prefix) => Promise.resolve([...kept.keys()].filter((key) => key.startsWith(prefix))),
    remove: (key) => Promise.resolve(void kept.delete(key)),
  };
}
