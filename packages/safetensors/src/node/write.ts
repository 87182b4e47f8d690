import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeUnneeded } from './remove.ts';
import { retryWhileHeld } from './retry.ts';
import { syncDirectory } from './sync.ts';

// The digits are the process id that versions before 0.2 put there.
const temporary = /^\.(.+)\.(?:[0-9a-f]{16}|\d+)\.tmp$/;
// Node refuses single writes beyond 2 GiB.
const chunk = 1 << 28;

/**
 * Writes a file so that at any moment, power cut included, its name holds either all of the old content or all of the
 * new: a temporary file beside it is written and synced, renamed over it, and the directory is synced. A link of that name
 * is replaced, never followed.
 *
 * @throws The error of the file system; `fileTrouble` puts it into words.
 */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  const temporaryFile = writeTemporary(file, content);
  try {
    renameFile(temporaryFile, file);
  } catch (error) {
    discard(temporaryFile);
    throw error;
  }
  syncDirectory(dirname(file));
}

/**
 * Writes and syncs a temporary file beside `file`, for {@link renameFile} to put in its place, and returns its path. Nobody
 * can have put a link where it goes: the name is random, and something of that name is an error.
 */
export function writeTemporary(file: string, content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const temporaryFile = temporaryName(file);
  const handle = openSync(temporaryFile, 'wx');
  try {
    try {
      for (let at = 0; at < bytes.length;) {
        at += writeSync(handle, bytes, at, Math.min(chunk, bytes.length - at));
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    discard(temporaryFile);
    throw error;
  }
  return temporaryFile;
}

/** A name beside `file` that nobody can guess and that {@link isTemporary} knows. */
export function temporaryName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(8).toString('hex')}.tmp`);
}

/** Renames a file, over one of that name too, as soon as nothing keeps Windows from it. */
export function renameFile(from: string, to: string): void {
  retryWhileHeld(() => {
    renameSync(from, to);
  });
}

/** Tells whether a name is one that {@link writeTemporary} gives. */
export function isTemporary(name: string): boolean {
  return temporaryOf(name) !== undefined;
}

/** The name of the file that a temporary file is to become, `undefined` for a name that is none of {@link writeTemporary}. */
export function temporaryOf(name: string): string | undefined {
  return temporary.exec(name)?.[1];
}

/** Removes the temporary files that a killed process left in a directory, but not those of the file `but`. */
export function removeTemporaryFiles(directory: string, but?: string): void {
  for (const name of readdirSync(directory)) {
    const of = temporaryOf(name);
    if (of === undefined || of === but) continue;
    const path = join(directory, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false) removeUnneeded(path);
  }
}

function discard(file: string): void {
  try {
    removeUnneeded(file);
  } catch {
    // The first failure is the one to report, and this one most likely has the same cause.
  }
}
