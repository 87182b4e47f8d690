import type { WordVectors } from './collect.ts';
/** What vectors are made of: the bytes of their file, by SHA-256, and the words that were wanted. */
export declare function cacheKey(fileDigest: string, wanted: ReadonlySet<string>): string;
/** Writes vectors, whole or not at all, as safetensors: the tensor `vectors`, and their words as JSON in bytes. */
export declare function writeCache(file: string, key: string, vectors: WordVectors): void;
/**
 * The vectors that {@link writeCache} wrote with the same key. `undefined` when there are none, when they were made of something
 * else, and when the file is damaged: they are read anew then, which is never wrong.
 */
export declare function readCache(file: string, key: string): WordVectors | undefined;
