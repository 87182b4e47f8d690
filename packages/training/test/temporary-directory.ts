import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { onTestFinished } from 'vitest';

/** Makes a directory that goes away with the test that asks for it. */
export function temporaryDirectory(): string {
  const directory = temporaryFolder();
  onTestFinished(() => {
    removeFolder(directory);
  });
  return directory;
}

/** Runs something that must throw and returns what it threw. */
export function thrownBy(body: () => unknown): Error & { code?: string } {
  try {
    body();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('thrownBy: expected an error, found none.');
}
