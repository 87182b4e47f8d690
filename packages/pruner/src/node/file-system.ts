import { access, rename, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** How long and where {@link retryWhileHeld} tries again. */
interface RetryOptions {
  /** Most milliseconds to wait in all; 5000 by default. */
  readonly patience?: number;
  /** The system; this one by default. */
  readonly platform?: NodeJS.Platform;
}

/**
 * Calls something of the file system again, for a bounded time, while Windows refuses it because another program has a
 * file open: it renames no directory in which a virus scanner looks at what was just written.
 */
export async function retryWhileHeld<T>(
  call: () => Promise<T>,
  { patience = 5000, platform = process.platform }: RetryOptions = {},
): Promise<T> {
  const end = performance.now() + patience;
  for (let pause = 5; ; pause = Math.min(2 * pause, 250)) {
    try {
      return await call();
    } catch (error) {
      if (!isHeld(error, platform) || performance.now() + pause > end) throw error;
    }
    await wait(pause);
  }
}

/** Renames a file or directory, as soon as nothing keeps Windows from it. */
export function renameSafely(from: string, to: string): Promise<void> {
  return retryWhileHeld(() => rename(from, to));
}

/** Removes a directory that nobody needs any more; what Windows will not remove, as it is open elsewhere, stays. */
export async function removeUnneeded(directory: string): Promise<void> {
  try {
    await retryWhileHeld(() => rm(directory, { recursive: true, force: true }));
  } catch (error) {
    if (!isHeld(error)) throw error;
  }
}

/** Whether there is a file or directory of this name, or of one that the file system takes for the same. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isHeld(error: unknown, platform: NodeJS.Platform = process.platform): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
}
