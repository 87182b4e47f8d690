import type { BackendName } from '@secateur/backend';

/** One place where the suite runs: a backend in an engine. */
export interface Target {
  /** Its name, also that of its file in `targets/`. */
  readonly name: string;
  /** The backend, by the name that `useBackend` takes. */
  readonly backend: BackendName;
  /** What runs JavaScript. */
  readonly engine: 'node' | 'chromium';
  /** Threads asked of the wasm backend; left out for its own choice. */
  readonly threads?: number;
  /** Whether the page is cross-origin isolated, so that threads can share memory. */
  readonly isolated?: boolean;
  /** Whether it is the built pages of apps/playground, which a test in Node drives, and not the suite. */
  readonly page?: boolean;
}

/** Every target, in the order that they run. */
export const targets: readonly Target[] = [
  { name: 'cpu', backend: 'cpu', engine: 'node' },
  { name: 'wasm', backend: 'wasm', engine: 'node', threads: 1 },
  { name: 'wasm-threads', backend: 'wasm', engine: 'node', threads: 2 },
  { name: 'node', backend: 'node', engine: 'node' },
  { name: 'node-gpu', backend: 'node-gpu', engine: 'node' },
  { name: 'webgpu', backend: 'webgpu', engine: 'node' },
  { name: 'chromium-cpu', backend: 'cpu', engine: 'chromium', isolated: false },
  { name: 'chromium-wasm', backend: 'wasm', engine: 'chromium', isolated: false },
  { name: 'chromium-wasm-isolated', backend: 'wasm', engine: 'chromium', isolated: true },
  { name: 'chromium-webgpu', backend: 'webgpu', engine: 'chromium', isolated: false },
  { name: 'page', backend: 'webgpu', engine: 'chromium', page: true },
];

/** The target of a name; throws when there is none. */
export function targetOf(name: string): Target {
  const actual = targets.find((target) => target.name === name);
  if (actual !== undefined) return actual;
  throw new RangeError(
    `targetOf: expected one of ${targets.map((target) => target.name).join(', ')}, found "${name}"; targets.ts has the list.`,
  );
}

/** The names in a list with commas, or all of them for `all`; throws for a name that no target has, and for none. */
export function targetNames(option: string, text: string): string[] {
  if (text === 'all') return targets.map(({ name }) => name);
  const parts = text.split(',').map((part) => part.trim());
  const names = parts.filter(Boolean).map((name) => targetOf(name).name);
  if (names.length > 0) return names;
  throw new RangeError(
    `expected ${option} to name targets, found "${text}"; take some of ${targets.map(({ name }) => name).join(', ')}.`,
  );
}
