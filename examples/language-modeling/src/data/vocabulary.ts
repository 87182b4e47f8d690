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
 * Takes the vocabulary from the training tokens: most frequent first, ties in code-point order, so that the same
 * text always gives the same ids. With `maxWords` the rest becomes `<unk>`, which counts as one of them.
 */
export function buildVocabulary(tokens: readonly string[], maxWords?: number): Vocabulary {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const byFrequency = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const words = byFrequency.map(([word]) => word);
  if (maxWords === undefined) return vocabularyOf(words);
  // The other parts may hold words that training never saw, so <unk> is there even when all of training's words fit.
  if (words.length <= maxWords && counts.has(UNKNOWN)) return vocabularyOf(words);
  const special = [END, UNKNOWN];
  const kept = words.filter((word) => !special.includes(word)).slice(0, maxWords - special.length);
  return vocabularyOf([...special, ...kept]);
}

/**
 * Turns tokens into ids. A word outside the vocabulary becomes `<unk>` when `replaceUnknown` is set.
 *
 * @throws Error naming the word and its place when it is outside the vocabulary and may not be replaced.
 */
export function encode(
  tokens: readonly string[],
  vocabulary: Vocabulary,
  options: { readonly source: string; readonly replaceUnknown: boolean },
): Int32Array {
  const unknown = options.replaceUnknown ? vocabulary.ids.get(UNKNOWN) : undefined;
  return Int32Array.from(tokens, (token, position) => {
    const id = vocabulary.ids.get(token) ?? unknown;
    if (id === undefined) {
      throw new Error(
        `${options.source}: word ${position + 1} is "${token}", which is not among the ${vocabulary.words.length} words ` +
          `of the vocabulary; replace it with ${UNKNOWN} in the file, or set --max-vocab to let rare words become ${UNKNOWN}.`,
      );
    }
    return id;
  });
}
