import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import { folderStore } from './folder-store.ts';
import { s3Store } from './s3-store.ts';
import type { TrialStore } from './trial-store.ts';

/** Variables of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens a store: a folder (`runs/store`, `file:///mnt/sweeps`), which every machine sees at its own path, or a bucket
 * (`s3://bucket/prefix?endpoint=https://host:3900&region=garage`), whose credentials are in `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY` and, where there is one, `AWS_SESSION_TOKEN`. Nothing is read or written before the first use.
 *
 * @throws SweepError of code `argument` for another kind of address, of code `store` when credentials are missing.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openStore } from '@secateur/sweep';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const store = openStore(join(folder, 'store'));
 * await store.write('notes/first.txt', Uint8Array.of(1, 2));
 * await store.list('notes/'); // => ['notes/first.txt']
 * await store.read('notes/first.txt'); // => [1, 2]
 * rmSync(folder, { recursive: true });
 * ```
 */
export function openStore(url: string, env: Environment = process.env): TrialStore {
  if (url === '') throw unknown(url);
  // One letter before a colon is a drive of Windows.
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return folderStore(resolve(url));
  if (scheme !== 'file' && scheme !== 's3') throw unknown(url);
  try {
    const address = new URL(url);
    return scheme === 'file' ? folderStore(fileURLToPath(address)) : s3Store(address, env);
  } catch (cause) {
    // The rest is an address that is none, or one with a "%" that stands for nothing.
    throw cause instanceof SweepError ? cause : unknown(url, cause);
  }
}

function unknown(url: string, cause?: unknown): SweepError {
  // What stands before an @ may be a password.
  return new SweepError(
    `openStore: expected a folder, file:///folder or s3://bucket/prefix, found ${shown(url.replace(/\/\/[^/]*@/, '//'))}; give one of these.`,
    { code: 'argument', cause },
  );
}
