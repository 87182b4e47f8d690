import type { WordVectors } from './collect.ts';
/**
 * Reads the vectors of `wanted` words, or of all, from the JSON file of a package of wink embeddings, piece by piece:
 *
 *     {"size": 2, "dimensions": 3, "l2NormIndex": 3, "wordIndex": 4, ..., "vectors": {"the": [1, 2, 2, 3, 0], "of": [...]}}
 *
 * After its `dimensions` numbers a vector has its norm and the place of its word. Both are compared, the norm for wanted words.
 *
 * @throws Error when it is no such JSON or not whole, when a vector has another number of numbers or something else in their
 * place, and when a norm, a place or the number of words is not what the file itself says.
 */
export declare function readWink(file: string, wanted?: ReadonlySet<string>): Promise<WordVectors>;
