import { lstatSync, mkdirSync } from 'node:fs';
import { kindError, linkError } from './trouble.ts';

const systemFiles = /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i;

/** Tells whether a name is one that macOS and Windows put into a folder that somebody looks at. */
export function isSystemFile(name: string): boolean {
  return systemFiles.test(name);
}

/**
 * Refuses a folder that is a symbolic link, through which others' files would be written, and anything that is no folder.
 * No folder at all is none of both.
 *
 * @throws SafetensorsError that names it.
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
 */
export function makeFolder(folder: string): void {
  refuseLinkedFolder(folder);
  mkdirSync(folder, { recursive: true });
}
