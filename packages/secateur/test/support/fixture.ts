import { testFolder } from '@secateur/testing/folders';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file that `fixtures/torch_files.py` wrote. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** An empty folder, removed after the test. */
export function emptyFolder(): string {
  const folder = testFolder();
  mkdirSync(join(folder, 'inside'));
  return folder;
}
