import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TrainingError } from './error.ts';
import { isHeld, retryWhileHeld, type RetryOptions } from './retry.ts';

const temporary = /^\..+\.\d+\.tmp$/;
// Node refuses single writes beyond 2 GiB.
const chunk = 1 << 28;

/**
 * Writes a file so that at any moment, power cut included, its name holds either all of the old content or all of the
 * new: a temporary file beside it is written and synced, renamed over it, and the directory is synced.
 */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const aside = join(dirname(file), `.${basename(file)}.${String(process.pid)}.tmp`);
  try {
    const handle = openSync(aside, 'w');
    try {
      for (let at = 0; at < bytes.length;) {
        at += writeSync(handle, bytes, at, Math.min(chunk, bytes.length - at));
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    retryWhileHeld(() => {
      renameSync(aside, file);
    });
    syncDirectory(dirname(file));
  } catch (error) {
    try {
      removeUnneeded(aside);
    } catch {
      // The first failure is the one to report, and this one most likely has the same cause.
    }
    throw fileError('writeFileAtomic', `write ${String(bytes.length)} bytes to ${file}`, error);
  }
}

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
    if (!noDirectorySync.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
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

/**
 * Removes a file that nobody needs any more. If Windows will not, because another program has it open, it stays for
 * whoever tidies up next.
 */
export function removeUnneeded(
  file: string,
  { remove = rmSync, ...retry }: RetryOptions & { readonly remove?: typeof rmSync } = {},
): void {
  try {
    retryWhileHeld(
      () => {
        remove(file, { force: true });
      },
      { patience: 500, ...retry },
    );
  } catch (error) {
    if (!isHeld(error, retry.platform)) throw error;
  }
}

/** Tells whether a name is one that {@link writeFileAtomic} gives to its temporary files. */
export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/** Removes the temporary files that a killed process left in a directory. */
export function removeTemporaryFiles(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (isTemporary(name)) removeUnneeded(join(directory, name));
  }
}

/** Puts an error of the file system into words. */
export function fileError(where: string, task: string, cause: unknown): TrainingError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TrainingError(
    `${where}: expected to ${task}, found: ${reason}; check the path, its permissions and the free space.`,
    { code: 'file', cause },
  );
}
