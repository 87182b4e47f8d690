import { basename, join } from 'node:path';
import { fileDigest } from '@secateur/app';
import { fileTrouble } from '@secateur/safetensors/node';
import { cacheKey, readCache, writeCache } from './cache.ts';
import type { WordVectors } from './collect.ts';
import { readGlove } from './glove.ts';
import { findVectors, type VectorPackage } from './package.ts';
import { readWink } from './wink.ts';

/** Where vectors come from: a text file of GloVe, or an installed package; null for the other, or for both to train all words. */
export interface VectorSettings {
  readonly glove: string | null;
  readonly vectors: VectorPackage | null;
}

/** A file of vectors and what reads it. */
export interface VectorSource {
  /** What messages call it. */
  readonly name: string;
  readonly file: string;
  read(file: string, wanted: ReadonlySet<string>): Promise<WordVectors>;
}

/**
 * What the settings name, or `undefined` for none.
 *
 * @throws Error when a package is not installed.
 */
export function vectorSource({ glove, vectors }: VectorSettings): VectorSource | undefined {
  if (vectors !== null) {
    return { name: `--vectors ${vectors}`, file: findVectors(vectors), read: readWink };
  }
  return glove === null ? undefined : { name: `--glove ${glove}`, file: glove, read: readGlove };
}

/** How vectors are read. */
export interface ReadOptions {
  /** The folder that keeps them for the next time, or null for none. */
  readonly folder: string | null;
  readonly say: (line: string) => void;
}

/**
 * Reads the vectors of `wanted` words: from what an earlier reading of the same file for the same words left in `folder`, else from
 * the file. Where the folder cannot be written, it says so and goes on.
 *
 * @throws Error when the file is missing, damaged or of another form.
 */
export async function readVectors(
  { name, file, read }: VectorSource,
  wanted: ReadonlySet<string>,
  { folder, say }: ReadOptions,
): Promise<WordVectors> {
  if (folder === null) return read(file, wanted);
  // By the bytes of the file: a size and a time stay when a file is exchanged by a copy that keeps them.
  const key = cacheKey(await fileDigest(file), wanted);
  const cache = join(
    folder,
    `secateur-vectors-${basename(file).replace(/(\.(json|txt|gz))+$/i, '')}.safetensors`,
  );
  const kept = readCache(cache, key);
  if (kept !== undefined) return kept;
  const vectors = await read(file, wanted);
  try {
    writeCache(cache, key, vectors);
    say(`${name}: the vectors of these texts are kept in ${cache}`);
  } catch (error) {
    say(
      `${name}: the vectors cannot be kept in ${cache}, found ${fileTrouble(error).found}; the next run reads them again`,
    );
  }
  return vectors;
}
