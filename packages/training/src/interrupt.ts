import { constants } from 'node:os';
import { checkOptions, shown } from '@secateur/input';
import { argumentError } from './error.ts';
import { dropUnwritable } from './output.ts';

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
  /** The exit status that shells know for the signal that has come, 128 and its number; undefined before one. */
  readonly exitCode: number | undefined;
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
 * Turns the first signal into a request to stop; another one, a second or more later, exits at once, with status 130 after
 * Ctrl-C. Until a training is over its output may fail: what a terminal that was closed or a broken pipe does not take is
 * dropped.
 *
 * Windows delivers Ctrl-C, Ctrl-Break and the closing of the window, which leaves some seconds to save; a process that is
 * ended there in another way, such as by `child.kill()`, hears nothing.
 *
 * @throws TrainingError of code `argument` for a signal that no process can wait for, such as SIGKILL.
 *
 * @example
 * ```ts
 * import { onInterrupt } from '@secateur/training';
 *
 * const interrupt = onInterrupt();
 * let step = 0;
 * while (step < 100 && !(await interrupt.poll())) {
 *   step += 1;
 *   if (step === 3) process.emit('SIGINT', 'SIGINT'); // in place of Ctrl-C
 * }
 * [step, interrupt.exitCode]; // => [3, 130]
 * interrupt.dispose();
 * ```
 */
export function onInterrupt(options: InterruptOptions = {}): Interrupt {
  checkOptions('onInterrupt', options, { signals: true, onRequest: true }, argumentError);
  const { signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'], onRequest } = options;
  let requested: number | undefined;
  let exitCode: number | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    if (requested === undefined) {
      requested = performance.now();
      exitCode = 128 + constants.signals[signal];
      onRequest?.(signal);
    } else if (performance.now() - requested >= ECHO) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  const given: NodeJS.Signals[] = [];
  const giveBack = (): void => {
    for (const signal of given) process.removeListener(signal, listener);
  };
  for (const signal of signals) {
    try {
      process.on(signal, listener);
    } catch (cause) {
      giveBack();
      throw argumentError(
        `onInterrupt: expected signals that a process can wait for, found ${shown(signal)}; leave it out.`,
        { cause },
      );
    }
    given.push(signal);
  }
  for (const stream of [process.stdout, process.stderr]) dropUnwritable(stream);
  return {
    get requested() {
      return requested !== undefined;
    },
    get exitCode() {
      return exitCode;
    },
    poll: () =>
      new Promise((resolve) => {
        setImmediate(() => {
          resolve(requested !== undefined);
        });
      }),
    dispose: giveBack,
  };
}
