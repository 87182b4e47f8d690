import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach } from 'vitest';

const made: string[] = [];

/** A new empty directory that is removed after the test. */
export function temporary(): string {
  const directory = temporaryFolder();
  made.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of made.splice(0)) removeFolder(directory);
});
