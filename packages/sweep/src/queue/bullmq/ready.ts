import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds from one try to the next. */
const PAUSE = 1000;

/** A queue or a worker of BullMQ. */
interface Connecting {
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
}

/**
 * Makes a queue or a worker of BullMQ and waits until it is connected, or until the signal. One that was made while its server
 * restarts keeps the failure of its first connection for ever; it is closed then, and another is made.
 */
export async function ready<T extends Connecting>(
  make: () => T,
  report: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<T> {
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    for (;;) {
      const made = make();
      try {
        await Promise.race([made.waitUntilReady(), stopped]);
        return made;
      } catch (error) {
        report(error);
        await made.close(true).catch(report);
        await Promise.race([wait(PAUSE), stopped]);
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
