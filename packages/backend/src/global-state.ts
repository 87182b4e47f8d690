import type { BackendDriver, BackendName } from './backend-driver.ts';
import type { BackendDescription } from './description.ts';

/** What must be one per process even when two copies of this package are loaded, as TensorFlow.js's registries are. */
interface GlobalState {
  readonly drivers: Map<BackendName, BackendDriver>;
  description?: BackendDescription;
  /** Ends when the backend that was asked for last has started, or has failed to. */
  lastStart?: Promise<unknown>;
}

const key = Symbol.for('@secateur/backend');

/** Returns the process-wide registry of drivers and the description of the backend started last. */
export function globalState(): GlobalState {
  const home = globalThis as { [key]?: GlobalState };
  return (home[key] ??= { drivers: new Map() });
}

/**
 * Runs the starts of backends one at a time, in the order in which they were asked for: TensorFlow.js gives up a start that is not
 * done when another begins. A start that fails does not keep the next from its turn.
 */
export function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const state = globalState();
  const result = (state.lastStart ?? Promise.resolve()).then(start);
  state.lastStart = result.catch(() => undefined);
  return result;
}
