/** What {@link onInterrupt} takes. */
export interface InterruptOptions {
  /**
   * The signals that count. By default SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal or, on Windows, the console window
   * was closed) and SIGBREAK (Ctrl-Break, on Windows only).
   */
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

/**
 * Milliseconds in which a second signal is taken for the first one's echo: npm hands on to its script what the terminal
 * has told the script already, so that one Ctrl-C comes twice.
 */
const ECHO = 1000;

/**
 * Turns the first signal into a request to stop; another one, a second or more later, exits at once with status 130.
 * Windows delivers Ctrl-C, Ctrl-Break and the closing of the window, which leaves some seconds to save; a process that is
 * ended there in another way, such as by `child.kill()`, hears nothing.
 */
export function onInterrupt(options: InterruptOptions = {}): Interrupt {
  const { signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'], onRequest } = options;
  let requested: number | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    if (requested === undefined) {
      requested = performance.now();
      onRequest?.(signal);
    } else if (performance.now() - requested >= ECHO) {
      process.exit(130);
    }
  };
  for (const signal of signals) process.on(signal, listener);
  // What is written to a terminal that was closed fails, and must not end the process before it has saved.
  const terminals = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY);
  if (signals.includes('SIGHUP')) for (const each of terminals) each.on('error', ignoreClosed);
  return {
    get requested() {
      return requested !== undefined;
    },
    poll: () =>
      new Promise((resolve) => {
        setImmediate(() => {
          resolve(requested !== undefined);
        });
      }),
    dispose() {
      for (const signal of signals) process.removeListener(signal, listener);
      // After a request the last words are still to come, and the terminal may be gone.
      if (requested === undefined) for (const each of terminals) each.off('error', ignoreClosed);
    },
  };
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EIO' && error.code !== 'EPIPE') throw error;
}
