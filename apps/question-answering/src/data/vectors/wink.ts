import { readPieces } from '@secateur/app';
import { sentence } from '@secateur/input';
import { getManyValues, isMany, none } from 'stream-chain/core';
import { jsonParser } from 'stream-json/core/parser.js';
import type { WordVectors } from './collect.ts';
import { winkForm } from './wink-form.ts';

/** Most characters of a word, a number or white space between them. */
const LONGEST = 1_000_000;

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
export async function readWink(file: string, wanted?: ReadonlySet<string>): Promise<WordVectors> {
  // A parser that keeps its state between pieces: JSON.parse would hold the whole file and all of its values, 1 GB for wink's.
  const parse = jsonParser({ packValues: true, streamValues: false });
  const form = winkForm(file, wanted);
  let silent = 0;
  const read = (piece: string | typeof none): void => {
    let tokens: ReturnType<typeof parse>;
    try {
      tokens = parse(piece as string);
    } catch (cause) {
      throw new Error(
        `${file}: expected JSON, found none: ${sentence((cause as Error).message)} The file is damaged or not whole, so install the package again.`,
        { cause },
      );
    }
    if (isMany(tokens)) {
      silent = 0;
      for (const token of getManyValues(tokens)) form.take(token);
    } else if (piece !== none && (silent += piece.length) > LONGEST) {
      throw form.wrong(`words and numbers of at most ${LONGEST} characters`, 'a longer one');
    }
  };
  for await (const piece of readPieces(file)) read(piece);
  read(none);
  return form.done();
}
