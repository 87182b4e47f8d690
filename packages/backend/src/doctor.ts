import {
  type Availability,
  type BackendName,
  backendNames,
  knownBackends,
} from './backend-driver.ts';
import { findDriver } from './driver-registry.ts';
import { globalState } from './global-state.ts';
import { runningBackend } from './running-backend.ts';
import { platformVersions } from './versions.ts';

/** The state of one backend. */
export interface BackendCheck extends Availability {
  /** The backend. */
  readonly name: BackendName;
  /** The npm package it comes with. */
  readonly module: string;
  /** True for the backend that computes now. */
  readonly current: boolean;
}

/** The state of every backend, best first. */
export interface DoctorReport {
  /** One entry per backend, in the order of `useBackend('auto')`. */
  readonly backends: readonly BackendCheck[];
  /** Versions of TensorFlow.js, of the backends found and of the engine, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Looks at every backend without starting any: can it run here, why not, and what would change that.
 *
 * @example
 * ```ts
 * import { doctor } from '@secateur/backend';
 *
 * const { backends } = await doctor();
 * const ready = backends.filter(({ available }) => available).map(({ name }) => name);
 * ready.at(-1); // => cpu
 * ```
 */
export async function doctor(): Promise<DoctorReport> {
  const backends: BackendCheck[] = [];
  const versions = platformVersions();
  for (const name of backendNames) {
    const search = await findDriver(name);
    let state: Availability;
    if ('driver' in search) {
      state = await search.driver.probe().catch((error: unknown) => ({
        available: false,
        reason: error instanceof Error ? error.message : String(error),
      }));
      if (state.available) Object.assign(versions, await search.driver.versions?.());
    } else {
      state = { available: false, reason: search.reason, fix: search.fix };
    }
    const { module } = knownBackends[name];
    backends.push({ name, module, current: isCurrent(name), ...state });
  }
  return { backends, versions };
}

/** Two backends share one TensorFlow.js name, so the one started last decides between them. */
function isCurrent(name: BackendName): boolean {
  if (knownBackends[name].tfName !== runningBackend()) return false;
  const last = globalState().description?.name;
  return (
    last === undefined || knownBackends[last].tfName !== knownBackends[name].tfName || last === name
  );
}

/**
 * Prints a {@link DoctorReport} for a person: one line per backend and, below it, what to do.
 *
 * @example
 * ```ts
 * import { doctor, formatDoctor, useBackend } from '@secateur/backend';
 *
 * await useBackend('cpu');
 * const lines = formatDoctor(await doctor()).split('\n');
 * lines.filter((line) => line.includes('running')); // => ['cpu       running  plain JavaScript, runs everywhere and slowly']
 * ```
 */
export function formatDoctor(report: DoctorReport): string {
  const width = Math.max(...report.backends.map(({ name }) => name.length));
  const lines = report.backends.flatMap(({ name, available, current, reason, fix }) => {
    const state = current ? 'running ' : available ? 'ready   ' : 'missing ';
    const line = `${name.padEnd(width)}  ${state} ${reason}`;
    return fix === undefined ? [line] : [line, `${' '.repeat(width + 11)}fix: ${fix}`];
  });
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return [...lines, '', versions.join(', ')].join('\n');
}
