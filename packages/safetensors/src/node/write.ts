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
import { chunk } from './chunk.ts';
import { removeUnneeded } from './remove.ts';
import { retryWhileHeld } from './retry.ts';
import { syncDirectory } from './sync.ts';

// The digits are the process id that versions before 0.2 put there.
const temporary = /^\.(.+)\.(?:[0-9a-f]{16}|\d+)\.tmp$/;

/**
 * Writes a file so that at any moment, power cut included, its name holds either all of the old content or all of the
 * new: a temporary file beside it is written and synced, renamed over it, and the directory is synced. A link of that name
 * is replaced, never followed.
 *
 * @throws The error of the file system; `fileTrouble` puts it into words.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { dirname, join } from 'node:path';
 * import { writeFileAtomic } from '@secateur/safetensors/node';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'example-')), 'config.json');
 * writeFileAtomic(file, '{"rate":0.1}');
 * writeFileAtomic(file, '{"rate":0.2}');
 * readFileSync(file, 'utf8'); // => {"rate":0.2}
 * rmSync(dirname(file), { recursive: true });
 * ```
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
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { renameFile, temporaryOf, writeTemporary } from '@secateur/safetensors/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const files = ['model.json', 'weights.bin'].map((name) => join(directory, name));
 * // All of it is on the disk before the first of the names changes.
 * const written = files.map((file) => writeTemporary(file, 'new'));
 * readdirSync(directory).map(temporaryOf).sort(); // => ['model.json', 'weights.bin']
 * written.forEach((temporary, i) => renameFile(temporary, files[i]!));
 * readdirSync(directory).sort(); // => ['model.json', 'weights.bin']
 * rmSync(directory, { recursive: true });
 * ```
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

/**
 * A name beside `file` that nobody can guess and that {@link isTemporary} knows.
 *
 * @example
 * ```ts
 * import { basename, dirname } from 'node:path';
 * import { temporaryName, temporaryOf } from '@secateur/safetensors/node';
 *
 * const name = temporaryName('runs/config.json');
 * dirname(name); // => runs
 * temporaryOf(basename(name)); // => config.json
 * temporaryName('runs/config.json') === name; // => false
 * ```
 */
export function temporaryName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Renames a file, over one of that name too, as soon as nothing keeps Windows from it.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { renameFile } from '@secateur/safetensors/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const [from, to] = [join(directory, 'new.txt'), join(directory, 'log.txt')];
 * writeFileSync(to, 'old');
 * writeFileSync(from, 'new');
 * renameFile(from, to);
 * readFileSync(to, 'utf8'); // => new
 * rmSync(directory, { recursive: true });
 * ```
 */
export function renameFile(from: string, to: string): void {
  retryWhileHeld(() => {
    renameSync(from, to);
  });
}

/**
 * Tells whether a name is one that {@link writeTemporary} gives.
 *
 * @example
 * ```ts
 * import { isTemporary } from '@secateur/safetensors/node';
 *
 * const names = ['.config.json.0123456789abcdef.tmp', 'config.json', 'notes.tmp'];
 * names.filter((name) => !isTemporary(name)); // => ['config.json', 'notes.tmp']
 * ```
 */
export function isTemporary(name: string): boolean {
  return temporaryOf(name) !== undefined;
}

/**
 * The name of the file that a temporary file is to become, `undefined` for a name that is none of {@link writeTemporary}.
 *
 * @example
 * ```ts
 * import { temporaryOf } from '@secateur/safetensors/node';
 *
 * temporaryOf('.config.json.0123456789abcdef.tmp'); // => config.json
 * temporaryOf('config.json'); // => undefined
 * ```
 */
export function temporaryOf(name: string): string | undefined {
  return temporary.exec(name)?.[1];
}

/**
 * Removes the temporary files that a killed process left in a directory, but not those of the file `but`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { removeTemporaryFiles, writeTemporary } from '@secateur/safetensors/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * writeFileSync(join(directory, 'config.json'), 'old');
 * writeTemporary(join(directory, 'config.json'), 'new'); // and then the process was killed
 * readdirSync(directory).length; // => 2
 * removeTemporaryFiles(directory);
 * readdirSync(directory); // => ['config.json']
 * rmSync(directory, { recursive: true });
 * ```
 */
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
