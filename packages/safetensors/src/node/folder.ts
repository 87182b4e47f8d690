import { lstatSync, mkdirSync } from 'node:fs';
import { kindError, linkError } from './trouble.ts';

const systemFiles = /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i;

/**
 * Tells whether a name is one that macOS and Windows put into a folder that somebody looks at.
 *
 * @example
 * ```ts
 * import { isSystemFile } from '@secateur/safetensors/node';
 *
 * const names = ['.DS_Store', 'config.json', 'Thumbs.db'];
 * names.filter((name) => !isSystemFile(name)); // => ['config.json']
 * ```
 */
export function isSystemFile(name: string): boolean {
  return systemFiles.test(name);
}

/**
 * Refuses a folder that is a symbolic link, through which others' files would be written, and anything that is no folder.
 * No folder at all is none of both.
 *
 * @throws SafetensorsError that names it.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { fileTrouble, refuseLinkedFolder } from '@secateur/safetensors/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * symlinkSync(join(directory, 'others'), join(directory, 'runs'), 'junction');
 * let found: string | undefined;
 * try {
 *   refuseLinkedFolder(join(directory, 'runs'));
 * } catch (error) {
 *   found = fileTrouble(error).found;
 * }
 * found; // => a symbolic link
 * rmSync(directory, { recursive: true });
 * ```
 */
export function refuseLinkedFolder(folder: string): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return;
  if (stats.isSymbolicLink()) throw linkError(folder, 'a folder');
  throw kindError(folder, 'a folder', 'something else');
}

/**
 * Makes a folder, and those above it, unless it is there.
 *
 * @throws SafetensorsError when it is a link or no folder; the system's own error for the rest.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { makeFolder } from '@secateur/safetensors/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * makeFolder(join(directory, 'runs', 'quick'));
 * readdirSync(join(directory, 'runs')); // => ['quick']
 * rmSync(directory, { recursive: true });
 * ```
 */
export function makeFolder(folder: string): void {
  refuseLinkedFolder(folder);
  mkdirSync(folder, { recursive: true });
}
