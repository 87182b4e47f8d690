import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { digestOf } from '@secateur/app';
import { parseJson } from '@secateur/input';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { readRegularFile, writeFileAtomic } from '@secateur/safetensors/node';
import { z } from 'zod';
import type { WordVectors } from './collect.ts';

/** Another one when what is cached or how words are read changes. */
const VERSION = 1;

/** What vectors are made of: the bytes of their file, by SHA-256, and the words that were wanted. */
export function cacheKey(fileDigest: string, wanted: ReadonlySet<string>): string {
  return createHash('sha256')
    .update(JSON.stringify([VERSION, fileDigest, [...wanted].sort()]))
    .digest('hex');
}

const wordsSchema = z.array(z.string());
const metadataSchema = z.object({
  key: z.string(),
  sha256: z.string(),
  inFile: z.string().regex(/^\d+$/),
});

/** Writes vectors, whole or not at all, as safetensors: the tensor `vectors`, and their words as JSON in bytes. */
export function writeCache(file: string, key: string, vectors: WordVectors): void {
  const { words, dimension, values, inFile } = vectors;
  const text = new TextEncoder().encode(JSON.stringify(words));
  const bytes = encodeSafetensors(
    {
      vectors: { shape: [words.length, dimension], data: values },
      words: { shape: [text.length], data: text },
    },
    { key, sha256: sealOf(key, vectors), inFile: String(inFile) },
  );
  writeFileAtomic(file, bytes);
}

/**
 * The vectors that {@link writeCache} wrote with the same key. `undefined` when there are none, when they were made of something
 * else, and when the file is damaged: they are read anew then, which is never wrong.
 */
export function readCache(file: string, key: string): WordVectors | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(readRegularFile(file));
    const stated = metadataSchema.parse(metadata);
    const [table, text] = [tensors['vectors']!, tensors['words']!];
    if (stated.key !== key || !(table.data instanceof Float32Array)) return undefined;
    const vectors: WordVectors = {
      words: wordsSchema.parse(parseJson(new TextDecoder().decode(text.data as Uint8Array))),
      dimension: table.shape[1]!,
      values: table.data,
      inFile: Number(stated.inFile),
    };
    return stated.sha256 === sealOf(key, vectors) ? vectors : undefined;
  } catch {
    return undefined;
  }
}

/** A checksum of all that is cached. */
function sealOf(key: string, { words, dimension, values, inFile }: WordVectors): string {
  const vectors = { shape: [words.length, dimension], data: values };
  return digestOf({ vectors }, { key, words, inFile });
}
