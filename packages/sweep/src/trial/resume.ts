import { mkdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256Of } from '../bytes.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { type AttemptName, listTrial, type TrialKeys } from './keys.ts';
import { type Manifest, readManifest, type StoredFile } from './records.ts';

/** The checkpoint that an attempt goes on from. */
export interface Resumed {
  readonly attempt: AttemptName;
  readonly manifest: Manifest;
}

/**
 * Fills an empty run directory with the newest checkpoint of the store that is whole, whichever attempt made it; undefined when
 * there is none. Of damaged ones it says what is wrong.
 *
 * @throws SweepError when the store refuses.
 */
export async function resume(
  store: TrialStore,
  id: string,
  directory: string,
  say: (line: string) => void,
): Promise<Resumed | undefined> {
  const { manifests } = await listTrial(store, id);
  for (const { attempt, step, key } of manifests) {
    const manifest = await read(store, key);
    const problem =
      typeof manifest === 'string' ? manifest : await download(store, manifest.files, directory);
    if (typeof manifest !== 'string' && problem === undefined) return { attempt, manifest };
    say(
      `the checkpoint of step ${String(step)} by attempt ${attempt.name} is damaged: ${problem!}; looking for an older one.`,
    );
  }
  // What was written of a damaged one goes too.
  await download(store, [], directory);
  return undefined;
}

/** The newest checkpoint whose manifest can be read; its files may be damaged. */
export async function newestManifest(
  store: TrialStore,
  { manifests }: TrialKeys,
): Promise<Manifest | undefined> {
  for (const { key } of manifests) {
    const manifest = await read(store, key);
    if (typeof manifest !== 'string') return manifest;
  }
  return undefined;
}

/** A manifest, or what is wrong with it. */
async function read(store: TrialStore, key: string): Promise<Manifest | string> {
  const bytes = await store.read(key);
  // Perhaps since it was listed, by an attempt that has newer ones.
  if (bytes === undefined) return `${key} was removed`;
  try {
    return readManifest(bytes);
  } catch {
    return `${key} cannot be read`;
  }
}

/**
 * Writes files of the store into a folder, which is emptied first, and checks their sizes and hashes; returns what is wrong with
 * the first that is not as it should be.
 *
 * @throws SweepError when the store refuses.
 */
async function download(
  store: TrialStore,
  files: readonly StoredFile[],
  directory: string,
): Promise<string | undefined> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const { path, key, size, sha256 } of files) {
    const bytes = await store.read(key);
    if (bytes === undefined) return `${path} is not in the store`;
    if (bytes.length !== size) {
      return `${path} has ${String(bytes.length)} bytes in place of ${String(size)}`;
    }
    if (sha256Of(bytes) !== sha256) {
      return `the bytes of ${path} have changed`;
    }
    const file = join(directory, ...path.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    // Unlike writeFileSync it writes in pieces, as Node refuses single writes beyond 2 GiB.
    await writeFile(file, bytes);
  }
  return undefined;
}
