import { readLines } from '@secateur/app';
import { shown } from '@secateur/input';

/** Most numbers of a vector; those of GloVe have 300. */
const MOST_NUMBERS = 10_000;

/** Vectors of words that are given and not trained. */
export interface WordVectors {
  /** Words in the order of the file. */
  readonly words: readonly string[];
  /** Numbers of a vector. */
  readonly dimension: number;
  /** The vectors one after the other, `[words, dimension]`. */
  readonly values: Float32Array;
  /** Words that the file has, asked for or not. */
  readonly inFile: number;
}

/**
 * Reads the vectors of `wanted` words, or of all, from a text file of GloVe (Pennington et al. 2014), also gzipped: a word
 * and its numbers on each line, parted by spaces. The first line fixes the dimension. Of a word that is there twice, the
 * first counts.
 *
 * @throws Error with the line when one has another number of numbers or something else in their place.
 */
export async function readGlove(file: string, wanted?: ReadonlySet<string>): Promise<WordVectors> {
  const vectors = new Map<string, Float32Array>();
  let dimension = 0;
  let line = 0;
  for await (const text of readLines(file)) {
    line++;
    // Some files have words with spaces in them, so the numbers are counted from the end.
    const parts = text.trimEnd().split(' ');
    if (line === 1) dimension = parts.length - 1;
    const place = `${file}: line ${line}`;
    if (dimension > MOST_NUMBERS) {
      throw new Error(
        `${place}: expected at most ${MOST_NUMBERS} numbers of a vector, found ${dimension}; give a text file of GloVe.`,
      );
    }
    if (dimension < 1 || parts.length < dimension + 1) {
      const expected = dimension < 1 ? 'numbers' : `${dimension} numbers, as on line 1,`;
      throw new Error(
        `${place}: expected a word and ${expected} parted by spaces, found ${shown(text, 40)}; give a text file of GloVe, and check that it is whole.`,
      );
    }
    const word = parts.slice(0, -dimension).join(' ');
    if (vectors.has(word) || (wanted !== undefined && !wanted.has(word))) continue;
    const numbers = parts.slice(-dimension);
    // Beyond 3.4e38 a number is Infinity as a float32, which the vectors are.
    const wrong = numbers.find(
      (number) => number === '' || !Number.isFinite(Math.fround(Number(number))),
    );
    if (wrong !== undefined) {
      throw new Error(
        `${place}: expected ${dimension} numbers that float32 holds after ${shown(word)}, found ${shown(wrong)} among them; correct the line or take it out.`,
      );
    }
    vectors.set(word, Float32Array.from(numbers, Number));
  }
  if (line === 0) {
    throw new Error(
      `${file}: expected a word and its numbers on each line, found an empty file; give a text file of GloVe.`,
    );
  }
  const values = new Float32Array(vectors.size * dimension);
  [...vectors.values()].forEach((vector, row) => {
    values.set(vector, row * dimension);
  });
  return { words: [...vectors.keys()], dimension, values, inFile: line };
}
