import { closeSync, fsyncSync, openSync } from 'node:fs';
import { troubleError } from './trouble.ts';

/** What file systems say that cannot sync a directory: network shares, FUSE, or a directory that may not be listed. */
const noDirectorySync = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EBADF', 'EPERM', 'EACCES']);

/**
 * Makes the names in a directory survive a power cut, where the file system can.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { renameFile, syncDirectory, writeTemporary } from '@secateur/safetensors/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const file = join(directory, 'config.json');
 * renameFile(writeTemporary(file, '{}'), file);
 * syncDirectory(directory); // from here on the new name survives a power cut
 * readdirSync(directory); // => ['config.json']
 * rmSync(directory, { recursive: true });
 * ```
 */
export function syncDirectory(directory: string, sync: typeof syncFile = syncFile): void {
  // Windows has no such call, and NTFS keeps a journal of names.
  if (process.platform === 'win32') return;
  try {
    sync(directory, 'r');
  } catch (error) {
    // The file is there, whole; that its name cannot be made safer is no failure of writing it.
    if (noDirectorySync.has((error as NodeJS.ErrnoException).code ?? '')) return;
    throw troubleError(directory, 'to sync the folder', error);
  }
}

/**
 * Makes what was written to a file survive a power cut.
 *
 * @example
 * ```ts
 * import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { dirname, join } from 'node:path';
 * import { syncFile } from '@secateur/safetensors/node';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'example-')), 'log.txt');
 * appendFileSync(file, 'step 1');
 * syncFile(file); // from here on what was written survives a power cut
 * readFileSync(file, 'utf8'); // => step 1
 * rmSync(dirname(file), { recursive: true });
 * ```
 */
export function syncFile(file: string, flags = 'r+'): void {
  // To Windows syncing is writing: a file that was opened only to read it cannot be synced.
  const handle = openSync(file, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
