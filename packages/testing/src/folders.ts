/**
 * Folders for tests that write files, removed when they are not needed any more.
 * @packageDocumentation
 */
import { afterAll, onTestFinished } from 'vitest';
import { removeFolder, temporaryFolder } from './temporary.ts';

/** A new empty folder for the test that asks for it, removed after it. */
export function testFolder(): string {
  const folder = temporaryFolder();
  onTestFinished(() => {
    removeFolder(folder);
  });
  return folder;
}

/** A folder for all tests of a file, a new empty one if left out; removed after the last of them. */
export function sharedFolder(folder: string = temporaryFolder()): string {
  afterAll(() => {
    removeFolder(folder);
  });
  return folder;
}
