/** How long and where {@link retryWhileHeld} tries again. */
export interface RetryOptions {
  /** Most milliseconds to wait in all; 5000 by default. */
  readonly patience?: number;
  /** The system; this one by default. */
  readonly platform?: NodeJS.Platform;
}

/**
 * Calls something of the file system again, for a bounded time, while Windows refuses it because another program has the
 * file open: virus scanners, indexers and backups open what was just written, for a moment. Elsewhere an open file stops
 * nobody, and the same errors speak of permissions, which waiting does not change.
 *
 * @example
 * ```ts
 * import { retryWhileHeld } from '@secateur/safetensors/node';
 *
 * let calls = 0;
 * // In place of a file that a virus scanner has open for a moment.
 * const rename = (): void => {
 *   calls += 1;
 *   if (calls < 3) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
 * };
 * retryWhileHeld(rename, { platform: 'win32' });
 * calls; // => 3
 * ```
 */
export function retryWhileHeld<T>(
  call: () => T,
  { patience = 5000, platform = process.platform }: RetryOptions = {},
): T {
  const end = performance.now() + patience;
  for (let pause = 5; ; pause = Math.min(2 * pause, 250)) {
    try {
      return call();
    } catch (error) {
      if (!isHeld(error, platform) || performance.now() + pause > end) throw error;
    }
    sleep(pause);
  }
}

/**
 * Tells whether an error is what Windows says of a file that another program has open.
 *
 * @example
 * ```ts
 * import { isHeld } from '@secateur/safetensors/node';
 *
 * const error = Object.assign(new Error('busy'), { code: 'EBUSY' });
 * isHeld(error, 'win32'); // => true
 * isHeld(error, 'linux'); // => false
 * ```
 */
export function isHeld(error: unknown, platform: NodeJS.Platform = process.platform): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
}

/**
 * Waits without letting anything else run.
 *
 * @example
 * ```ts
 * import { sleep } from '@secateur/safetensors/node';
 *
 * const start = performance.now();
 * sleep(20);
 * performance.now() - start > 15; // => true
 * ```
 */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
