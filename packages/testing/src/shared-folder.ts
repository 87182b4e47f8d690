import { afterAll } from 'vitest';
import { removeFolder, temporaryFolder } from './temporary.ts';

/** A folder for all tests of a file, removed after the last of them. */
export function sharedFolder(folder: string = temporaryFolder()): string {
  afterAll(() => {
    removeFolder(folder);
  });
  return folder;
}
