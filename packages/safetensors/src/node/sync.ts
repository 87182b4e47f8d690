import { closeSync, fsyncSync, openSync } from 'node:fs';
import { troubleError } from './trouble.ts';

/** What file systems say that cannot sync a directory: network shares, FUSE, or a directory that may not be listed. */
const noDirectorySync = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EBADF', 'EPERM', 'EACCES']);

/** Makes the names in a directory survive a power cut, where the file system can. */
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

/** Makes what was written to a file survive a power cut. */
export function syncFile(file: string, flags = 'r+'): void {
  // To Windows syncing is writing: a file that was opened only to read it cannot be synced.
  const handle = openSync(file, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
