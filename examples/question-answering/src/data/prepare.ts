import { encoder, examplesOf, type Example } from './examples.ts';
import { readGlove, type WordVectors } from './glove.ts';
import type { Questions } from './load.ts';
import {
  countTokens,
  frequent,
  wordVocabulary,
  type Vocabulary,
  type WordVocabulary,
} from './vocabulary.ts';

/** The vocabularies of a network, and the vectors of words that it does not train. */
export interface Vocabularies {
  readonly words: WordVocabulary;
  readonly characters: Vocabulary;
  /** Vectors of the words after the trained ones, `[words, width]`, none when all are trained. */
  readonly vectors?: WordVectors | undefined;
}

/** How vocabularies are made. */
export interface VocabularyOptions {
  readonly glove: string | null;
  /** Width of a word's vector. */
  readonly word: number;
  readonly minWords: number;
  readonly minChars: number;
}

/**
 * Makes the vocabularies of questions: words and characters of the training part, and with GloVe every word of any part
 * that has a vector there.
 *
 * @throws Error when the vectors are of another width than the network's.
 */
export async function makeVocabularies(
  questions: Questions,
  { glove, word, minWords, minChars }: VocabularyOptions,
): Promise<Vocabularies> {
  const counts = countTokens(questions.train);
  const characters = frequent(counts.characters, minChars);
  if (glove === null) return { words: wordVocabulary(counts.words, minWords), characters };
  const { valid, test } = questions;
  const others = [valid, ...(test === valid ? [] : [test])].map((part) => countTokens(part).words);
  const wanted = new Set([counts.words, ...others].flatMap((words) => [...words.keys()]));
  const vectors = await readGlove(glove, wanted);
  if (vectors.dimension !== word) {
    throw new Error(
      `${glove}: expected vectors of ${word} numbers, found ${vectors.dimension}; give --word ${vectors.dimension}, or another file.`,
    );
  }
  return { words: wordVocabulary(counts.words, minWords, vectors.words), characters, vectors };
}

/** Questions as a network reads them. */
export interface Prepared {
  readonly train: readonly Example[];
  readonly valid: readonly Example[];
  readonly test: readonly Example[];
}

/** Encodes questions; where test and validation are the same, they stay the same. */
export function prepareQuestions(
  questions: Questions,
  { words, characters }: Vocabularies,
): Prepared {
  const encode = encoder(words, characters);
  const valid = examplesOf(questions.valid, encode);
  return {
    train: examplesOf(questions.train, encode),
    valid,
    test: questions.test === questions.valid ? valid : examplesOf(questions.test, encode),
  };
}
