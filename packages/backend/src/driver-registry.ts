import {
  type BackendDriver,
  type BackendName,
  backendNames,
  knownBackends,
} from './backend-driver.ts';
import { BackendError } from './backend-error.ts';
import { cpuDriver } from './cpu-driver.ts';
import { globalState } from './global-state.ts';
import { platformVersions } from './versions.ts';

/**
 * Makes a backend known to `useBackend`; packages named `@secateur/backend-*` call it when they are imported.
 *
 * @example
 * ```ts
 * import { doctor } from '@secateur/backend';
 * import { registerDriver } from '@secateur/backend/kernels';
 *
 * registerDriver({
 *   ...{ name: 'node-gpu', module: '@secateur/backend-node' },
 *   probe: async () => ({ available: false, reason: 'no device', fix: 'install its library' }),
 *   start: async () => {},
 * });
 * const { backends } = await doctor();
 * backends.find(({ name }) => name === 'node-gpu')!.reason; // => no device
 * ```
 */
export function registerDriver(driver: BackendDriver): void {
  if (!backendNames.includes(driver.name)) {
    throw new BackendError(
      `registerDriver: expected a driver named ${backendNames.join(', ')}, found "${String(driver.name)}"; name it after the backend it starts.`,
      { code: 'argument' },
    );
  }
  globalState().drivers.set(driver.name, driver);
}

/** What looking for a driver found: the driver, or why there is none. */
export type DriverSearch =
  | { readonly driver: BackendDriver }
  | { readonly reason: string; readonly fix: string; readonly cause?: unknown };

/** Finds the driver of a backend, importing the package that registers it if need be. */
export async function findDriver(name: BackendName): Promise<DriverSearch> {
  const { drivers } = globalState();
  if (name === 'cpu' && !drivers.has('cpu')) drivers.set('cpu', cpuDriver);
  const registered = drivers.get(name);
  if (registered !== undefined) return { driver: registered };

  const { module } = knownBackends[name];
  let cause: unknown;
  try {
    // A variable keeps bundlers from resolving a package that need not be installed.
    await import(/* @vite-ignore */ /* webpackIgnore: true */ module);
  } catch (error) {
    cause = error;
  }
  const driver = drivers.get(name);
  if (driver !== undefined) return { driver };
  if (cause === undefined) {
    return { reason: `${module} has no driver for ${name}`, fix: `npm install ${module}@latest` };
  }
  if (isMissing(cause, module)) {
    return {
      reason: `${module} is not installed`,
      fix: installing(name),
      cause,
    };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { reason: `${module} does not load: ${message}`, fix: installing(name), cause };
}

/** How a backend's packages are installed; a page's program has to import the driver itself, for its bundler to find. */
function installing(name: BackendName): string {
  const { module, install } = knownBackends[name];
  const inNode = 'node' in platformVersions();
  return `npm install ${install}${inNode ? '' : `, and import '${module}' in the program`}`;
}

/** Tells a package that is not there from one that is there and breaks, in Node, Vite and browsers. */
export function isMissing(error: unknown, module: string): boolean {
  const message = error instanceof Error ? error.message : String(error);
  // The name must follow the verb: an error about another package also names the file that imports it.
  return new RegExp(
    `(cannot find|failed to|specifier)[^'"\u201c@]*['"\u201c]?${module}(?![\\w/-])`,
    'i',
  ).test(message);
}
