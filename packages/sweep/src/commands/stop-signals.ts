import { constants } from 'node:os';

/** Signals by which a terminal, an operator or a scheduler asks a program to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds in which a second signal is the first one's echo, as npm hands it on. */
const ECHO = 1000;

/** Turns the first such signal into an abort; another one, a second or more later, ends the process at once. */
export function stopSignals(say: (line: string) => void): {
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  dispose(): void;
} {
  const controller = new AbortController();
  let first: number | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = performance.now();
      say(
        `${signal}: trainings are asked to save a checkpoint and end; once more ends them at once.`,
      );
      controller.abort();
    } else if (performance.now() - first >= ECHO) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of SIGNALS) process.removeListener(signal, listener);
    },
  };
}
