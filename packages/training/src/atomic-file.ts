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
    renameSync(aside, file);
    syncDirectory(dirname(file));
  } catch (error) {
    rmSync(aside, { force: true });
    throw fileError('writeFileAtomic', `write ${String(bytes.length)} bytes to ${file}`, error);
  }
}

/** Makes the names in a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory, and its file systems keep names without being asked.
  if (process.platform === 'win32') return;
  syncFile(directory);
}

/** Makes what was written to a file survive a power cut. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Tells whether a name is one that {@link writeFileAtomic} gives to its temporary files. */
export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/** Removes the temporary files that a killed process left in a directory. */
export function removeTemporaryFiles(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (isTemporary(name)) rmSync(join(directory, name), { force: true });
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
