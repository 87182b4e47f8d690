import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds to wait before the second, third, ... try. */
const PAUSES = [100, 300, 900, 2700];

/** Calls something again, a few times and with growing waits, while it fails in a way that may pass. */
export async function persistently<T>(
  call: () => Promise<T>,
  mayPass: (error: unknown) => boolean,
  pauses: readonly number[] = PAUSES,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await call();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    // Many workers that lost one store must not all come back at once.
    await wait(pause * (0.5 + Math.random()));
  }
  return call();
}
