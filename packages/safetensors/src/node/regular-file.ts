import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { chunk } from './chunk.ts';
import { kindError, linkError } from './trouble.ts';

/** How a file is read. */
export interface ReadOptions {
  /** Whether a symbolic link is followed: right for a path that a person gave, wrong for a name within a folder. Default false. */
  readonly follow?: boolean;
}

/** How a file is opened. */
export interface OpenOptions extends ReadOptions {
  /** `read`, or `append`, which makes the file if there is none. Default `read`. */
  readonly for?: 'read' | 'append';
}

// Windows has neither: there the kind is looked at before and after the file is opened.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/**
 * Opens a file and returns its descriptor. What is no regular file is refused at once: a pipe would wait for a writer, and
 * a device such as `/dev/zero` has no end.
 *
 * @throws SafetensorsError for a link, a folder, a pipe or a device; the system's own error for the rest.
 *
 * @example
 * ```ts
 * import { closeSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { dirname, join } from 'node:path';
 * import { openRegularFile } from '@secateur/safetensors/node';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'example-')), 'log.txt');
 * writeFileSync(file, 'one');
 * const handle = openRegularFile(file, { for: 'append' });
 * writeSync(handle, ', two');
 * closeSync(handle);
 * readFileSync(file, 'utf8'); // => one, two
 * rmSync(dirname(file), { recursive: true });
 * ```
 */
export function openRegularFile(
  file: string,
  { follow = false, for: purpose = 'read' }: OpenOptions = {},
): number {
  const append = purpose === 'append';
  // Looked at first, because opening some devices does something.
  const before = (follow ? statSync : lstatSync)(file, { throwIfNoEntry: !append });
  if (before !== undefined) checkKind(file, before);
  const mode = append
    ? constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT
    : constants.O_RDONLY;
  const handle = openChecked(file, mode | (follow ? 0 : O_NOFOLLOW) | O_NONBLOCK);
  try {
    checkKind(file, fstatSync(handle));
  } catch (error) {
    closeSync(handle);
    throw error;
  }
  return handle;
}

/**
 * Reads all of a regular file, of any size that memory holds.
 *
 * @throws SafetensorsError for a link, a folder, a pipe or a device; the system's own error for the rest.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { dirname, join } from 'node:path';
 * import { readRegularFile } from '@secateur/safetensors/node';
 *
 * const file = join(mkdtempSync(join(tmpdir(), 'example-')), 'weights.bin');
 * writeFileSync(file, Uint8Array.of(1, 2));
 * readRegularFile(file); // => [1, 2]
 * rmSync(dirname(file), { recursive: true });
 * ```
 */
export function readRegularFile(file: string, options: ReadOptions = {}): Uint8Array<ArrayBuffer> {
  const handle = openRegularFile(file, options);
  try {
    const { size } = fstatSync(handle);
    // Node's own also reads files of the system that state no size.
    if (size <= chunk) return readFileSync(handle) as Uint8Array<ArrayBuffer>;
    return readInChunks(handle, size);
  } finally {
    closeSync(handle);
  }
}

function readInChunks(handle: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const read = readSync(handle, bytes, at, Math.min(chunk, size - at), null);
    // It was cut since it was opened.
    if (read === 0) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}

function openChecked(file: string, flags: number): number {
  try {
    return openSync(file, flags, 0o666);
  } catch (error) {
    // It became a link since it was looked at.
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw linkError(file, 'a file');
    throw error;
  }
}

function checkKind(file: string, stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isSymbolicLink()) throw linkError(file, 'a file');
  throw kindError(file, 'a file', kindOf(stats));
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
