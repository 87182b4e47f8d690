import { shown } from '@secateur/input';
import type { Token } from 'stream-json/core/parser.js';
import { collectVectors, MOST_NUMBERS, type WordVectors } from './collect.ts';

/** Largest difference of a norm from the one in the file, which has 8 digits, as a share of a norm above 1. */
const NORM_DIFFERENCE = 1e-5;
const ADVICE = 'the file is damaged or of another version, so install the package again';

/** What the numbers before the vectors say of them. */
interface Sizes {
  readonly dimension: number;
  /** Numbers of a vector with its norm and place. */
  readonly length: number;
}

/**
 * Follows the tokens of a file of wink embeddings and gathers the vectors of `wanted` words, or of all. Its names become keys of
 * maps alone, so that `__proto__` is a word like any other.
 *
 * @returns `take`, which takes the tokens one by one, `done`, which gives what was found after the last, and `wrong`, which makes
 * the error of a file that is not of this form; `take` and `done` throw it.
 */
export function winkForm(file: string, wanted: ReadonlySet<string> | undefined) {
  const vectors = collectVectors(wanted);
  const fields = new Set<string>();
  const numbers = new Map<string, number>();
  let words = 0;
  let depth = 0;
  let field = '';
  let sizes: Sizes | undefined;
  let word = '';
  // One list for all words, which is only as long as `length` says.
  const vector: string[] = [];
  let length = 0;

  const wrong = (expected: string, found: string): Error =>
    new Error(`${file}: expected ${expected}, found ${found}; ${ADVICE}.`);

  /** The sizes, which have to stand before the vectors. */
  function sizesOf(): Sizes {
    const dimension = numbers.get('dimensions') ?? 0;
    if (!Number.isInteger(dimension) || dimension < 1 || dimension > MOST_NUMBERS) {
      throw wrong(
        `"dimensions" from 1 to ${MOST_NUMBERS} before "vectors"`,
        shown(numbers.get('dimensions')),
      );
    }
    const indices = [numbers.get('l2NormIndex'), numbers.get('wordIndex')];
    if (indices[0] !== dimension || indices[1] !== dimension + 1) {
      throw wrong(
        `"l2NormIndex" ${dimension} and "wordIndex" ${dimension + 1} before "vectors"`,
        indices.map((place) => shown(place)).join(' and '),
      );
    }
    return { dimension, length: dimension + 2 };
  }

  function begin(kind: 'startObject' | 'startArray'): void {
    const isList = kind === 'startArray';
    depth++;
    if (depth === 1 && isList) throw wrong('an object with "vectors"', 'a list');
    if (depth === 2 && field === 'vectors') {
      if (isList) throw wrong('an object of words as "vectors"', 'a list');
      sizes = sizesOf();
    }
    if (depth === 3 && field === 'vectors' && !isList) {
      throw wrong(`a list of numbers after ${shown(word)}`, 'an object');
    }
    if (depth > 3) throw wrong('lists and objects in at most 3 levels', 'one more');
    length = 0;
  }

  function endVector({ dimension, length: expected }: Sizes): void {
    if (length !== expected) {
      throw wrong(`${expected} numbers after ${shown(word)}`, String(length));
    }
    const place = Number(vector[dimension + 1]);
    if (place !== words) {
      throw wrong(`${words} as the last number after ${shown(word)}`, shown(place));
    }
    words++;
    if (!vectors.wants(word)) return;
    const values = vectors.add(word, vector.slice(0, dimension), file, ADVICE);
    const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const stated = Number(vector[dimension]);
    if (!(Math.abs(norm - stated) <= NORM_DIFFERENCE * Math.max(1, norm))) {
      throw wrong(
        `a vector after ${shown(word)} of the norm ${stated} that stands there`,
        `${norm}`,
      );
    }
  }

  function name(value: string): void {
    if (depth === 2 && field === 'vectors') {
      if (vectors.has(value)) throw wrong('each word once', `${shown(value)} twice`);
      word = value;
    } else if (depth === 1) {
      if (fields.has(value)) throw wrong('each name once', `${shown(value)} twice`);
      fields.add(value);
      field = value;
    }
  }

  function number(value: string): void {
    if (depth === 3 && field === 'vectors') {
      if (length === sizes!.length) {
        throw wrong(`${length} numbers after ${shown(word)}`, 'more');
      }
      vector[length++] = value;
    } else {
      if (depth === 1) numbers.set(field, Number(value));
      outside(value);
    }
  }

  /** A value that is no number, or a number where none belongs. */
  function outside(value: unknown): void {
    if (depth === 0) throw wrong('an object with "vectors"', 'a single value');
    if (field !== 'vectors') return;
    if (depth === 1) throw wrong('an object of words as "vectors"', shown(value));
    if (depth === 2) throw wrong(`a list of numbers after ${shown(word)}`, shown(value));
    throw wrong(`numbers after ${shown(word)}`, `${shown(value)} among them`);
  }

  return {
    wrong,
    take(token: Token): void {
      switch (token.name) {
        case 'startObject':
        case 'startArray':
          begin(token.name);
          break;
        case 'endArray':
        case 'endObject':
          if (depth === 3 && field === 'vectors') endVector(sizes!);
          depth--;
          break;
        case 'keyValue':
          name(token.value);
          break;
        case 'numberValue':
          number(token.value);
          break;
        default:
          outside('value' in token ? token.value : undefined);
      }
    },
    done(): WordVectors {
      if (sizes === undefined) throw wrong('an object of words as "vectors"', 'none');
      if (words !== numbers.get('size')) {
        throw wrong(`vectors of ${shown(numbers.get('size'))} words`, String(words));
      }
      return vectors.collected(sizes.dimension, words);
    },
  };
}
