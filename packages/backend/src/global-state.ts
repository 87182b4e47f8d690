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

/** Milliseconds that a start waits for the one before it, which may never end: an adapter that does not answer, a stalled download. */
const PATIENCE = 20_000;

/**
 * Runs the starts of backends one at a time, in the order in which they were asked for: TensorFlow.js gives up a start that is not
 * done when another begins. A start that fails does not keep the next from its turn, and one that hangs not for ever.
 */
export function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const state = globalState();
  const result = patiently(state.lastStart ?? Promise.resolve()).then(start);
  state.lastStart = result.catch(() => undefined);
  return result;
}

/** Every platform has them; none is a part of the language. */
interface Timers {
  setTimeout(act: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Waits for what never fails, but not for ever. */
function patiently(turn: Promise<unknown>): Promise<void> {
  const { setTimeout, clearTimeout } = globalThis as unknown as Timers;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE);
    void turn.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
