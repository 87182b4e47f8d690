/** What {@link onInterrupt} takes. */
export interface InterruptOptions {
  /** The signals that count; SIGINT (Ctrl-C) and SIGTERM by default. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Called at the first signal, to tell the user that a second one stops at once. */
  readonly onRequest?: (signal: NodeJS.Signals) => void;
}

/** A request to stop, if one comes. */
export interface Interrupt {
  /** Whether a signal has come: save a checkpoint and leave the loop. */
  readonly requested: boolean;
  /**
   * Lets Node deliver signals, then returns `requested`. A loop on the cpu or wasm backend never waits for anything
   * outside, so without this once in a while (once a step costs next to nothing) no signal would ever arrive.
   */
  poll(): Promise<boolean>;
  /** Gives the signals back to Node. */
  dispose(): void;
}

/** Turns the first SIGINT or SIGTERM into a request to stop; the second one exits at once with status 130. */
export function onInterrupt(options: InterruptOptions = {}): Interrupt {
  const { signals = ['SIGINT', 'SIGTERM'], onRequest } = options;
  let requested = false;
  const listener = (signal: NodeJS.Signals): void => {
    if (requested) process.exit(130);
    requested = true;
    onRequest?.(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    get requested() {
      return requested;
    },
    poll: () =>
      new Promise((resolve) => {
        setImmediate(() => {
          resolve(requested);
        });
      }),
    dispose() {
      for (const signal of signals) process.removeListener(signal, listener);
    },
  };
}
