import type { Token } from 'stream-json/core/parser.js';
import { type WordVectors } from './collect.ts';
/**
 * Follows the tokens of a file of wink embeddings and gathers the vectors of `wanted` words, or of all. Its names become keys of
 * maps alone, so that `__proto__` is a word like any other.
 *
 * @returns `take`, which takes the tokens one by one, `done`, which gives what was found after the last, and `wrong`, which makes
 * the error of a file that is not of this form; `take` and `done` throw it.
 */
export declare function winkForm(file: string, wanted: ReadonlySet<string> | undefined): {
    wrong: (expected: string, found: string) => Error;
    take(token: Token): void;
    done(): WordVectors;
};
