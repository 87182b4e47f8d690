import type { BackendDriver, BackendName } from './backend-driver.ts';
import type { BackendDescription } from './description.ts';

/** What must be one per process even when two copies of this package are loaded, as TensorFlow.js's registries are. */
interface GlobalState {
  readonly drivers: Map<BackendName, BackendDriver>;
  description?: BackendDescription;
}

const key = Symbol.for('@secateur/backend');

/** Returns the process-wide registry of drivers and the description of the backend started last. */
export function globalState(): GlobalState {
  const home = globalThis as { [key]?: GlobalState };
  return (home[key] ??= { drivers: new Map() });
}
