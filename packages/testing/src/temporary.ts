/**
 * Folders for tests that write files.
 * @packageDocumentation
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a new empty folder. Its path is the one that programs find by themselves: the temporary folder of macOS is a link,
 * and Windows gives that of a user with a long name by a short one.
 */
export function temporaryFolder(): string {
  return mkdtempSync(join(realpathSync.native(tmpdir()), 'secateur-'));
}

/** Removes a folder with all that is in it; where a virus scanner still reads there, Windows needs some tries. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
