import type { NumberedText } from './numbered.ts';
import { END, UNKNOWN } from './tokenize.ts';

/** The words a model knows; a word's id is its place in the list. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
}

/** Makes a vocabulary of a list in which a word's place is its id. */
export function vocabularyOf(words: readonly string[]): Vocabulary {
  return { words, ids: new Map(words.map((word, id) => [word, id])) };
}

/**
 * Takes the vocabulary from the training text: most frequent first, ties in code-point order, so that the same
 * text always gives the same ids. With `maxWords` the rest becomes `<unk>`, which counts as one of them.
 */
export function buildVocabulary(text: NumberedText, maxWords?: number): Vocabulary {
  const byFrequency = text.words.map((word, i) => ({ word, count: text.counts[i]! }));
  byFrequency.sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
  const words = byFrequency.map(({ word }) => word);
  if (maxWords === undefined) return vocabularyOf(words);
  // The other parts may hold words that training never saw, so <unk> is there even when all of training's words fit.
  if (words.length <= maxWords && words.includes(UNKNOWN)) return vocabularyOf(words);
  const special = [END, UNKNOWN];
  if (!(maxWords >= special.length)) {
    throw new Error(
      `vocabulary: expected at least ${special.length} words, ${special.join(' and ')}, found ${maxWords}; raise --max-vocab.`,
    );
  }
  const kept = words.filter((word) => !special.includes(word)).slice(0, maxWords - special.length);
  return vocabularyOf([...special, ...kept]);
}

/**
 * Turns a text into ids of a vocabulary, in place. A word outside the vocabulary becomes `<unk>` when `replaceUnknown` is set.
 *
 * @throws Error naming the word and its place when it is outside the vocabulary and may not be replaced.
 */
export function encode(
  { words, ids }: NumberedText,
  vocabulary: Vocabulary,
  options: { readonly source: string; readonly replaceUnknown: boolean },
): Int32Array {
  const unknown = options.replaceUnknown ? vocabulary.ids.get(UNKNOWN) : undefined;
  const known = Int32Array.from(words, (word) => vocabulary.ids.get(word) ?? unknown ?? -1);
  for (let position = 0; position < ids.length; position++) {
    const number = ids[position]!;
    const id = known[number]!;
    if (id === -1) {
      throw new Error(
        `${options.source}: word ${position + 1} is "${words[number]!}", which is not among the ${vocabulary.words.length} words ` +
          `of the vocabulary; replace it with ${UNKNOWN} in the file, or set --max-vocab to let rare words become ${UNKNOWN}.`,
      );
    }
    ids[position] = id;
  }
  return ids;
}
