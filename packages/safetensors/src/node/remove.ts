import { rmSync } from 'node:fs';
import { isHeld, retryWhileHeld, type RetryOptions } from './retry.ts';
import { troubleError } from './trouble.ts';

/** How a file is removed. */
export interface RemoveOptions extends RetryOptions {
  /** Removes it; `rmSync` of Node by default. */
  readonly remove?: typeof rmSync;
}

/**
 * Removes a file that nobody needs any more; a link goes, what it leads to stays. If Windows will not, because another
 * program has it open, it stays for whoever tidies up next.
 *
 * @throws `SafetensorsError` that says what keeps the system from it.
 *
 * @example
 * ```ts
 * import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { dirname, join } from 'node:path';
 * import { removeUnneeded } from '@secateur/safetensors/node';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'example-')), 'old.safetensors');
 * writeFileSync(file, '');
 * removeUnneeded(file);
 * removeUnneeded(file); // one that is gone is no error
 * existsSync(file); // => false
 * rmSync(dirname(file), { recursive: true });
 * ```
 */
export function removeUnneeded(
  file: string,
  { remove = rmSync, patience = 500, ...retry }: RemoveOptions = {},
): void {
  try {
    retryWhileHeld(
      () => {
        remove(file, { force: true });
      },
      { patience, ...retry },
    );
  } catch (error) {
    if (!isHeld(error, retry.platform)) throw troubleError(file, 'to remove it', error);
  }
}
