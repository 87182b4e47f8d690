import { shown } from '@secateur/input';

/** Most numbers of a vector; those of GloVe have 300. */
export const MOST_NUMBERS = 10_000;

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

/** Gathers the vectors of `wanted` words, or of all, as a reader finds them in its file. */
export function collectVectors(wanted?: ReadonlySet<string>) {
  const vectors = new Map<string, Float32Array>();
  return {
    /** Whether the vector of a word has been added. */
    has: (word: string): boolean => vectors.has(word),
    /** Whether the vector of a word is still to be added: it is wanted and has none. */
    wants: (word: string): boolean =>
      !vectors.has(word) && (wanted === undefined || wanted.has(word)),
    /**
     * Adds the vector of a word, its numbers as the file writes them, and returns it.
     *
     * @throws Error opening with `place` and closing with `advice` when one is no number or is beyond float32.
     */
    add(word: string, numbers: readonly string[], place: string, advice: string): Float32Array {
      // Beyond 3.4e38 a number is Infinity as a float32, which the vectors are.
      const wrong = numbers.find(
        (number) => number === '' || !Number.isFinite(Math.fround(Number(number))),
      );
      if (wrong !== undefined) {
        throw new Error(
          `${place}: expected ${numbers.length} numbers that float32 holds after ${shown(word)}, found ${shown(wrong)} among them; ${advice}.`,
        );
      }
      const vector = Float32Array.from(numbers, Number);
      vectors.set(copyOf(word), vector);
      return vector;
    },
    /** All that was added. */
    collected(dimension: number, inFile: number): WordVectors {
      const values = new Float32Array(vectors.size * dimension);
      [...vectors.values()].forEach((vector, row) => {
        values.set(vector, row * dimension);
      });
      return { words: [...vectors.keys()], dimension, values, inFile };
    },
  };
}

/** The same text in memory of its own: a part of a string keeps the whole in memory, here all of a large file piece by piece. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
