import { createHash } from 'node:crypto';
import { digestOf } from '@secateur/app';
import { encoder, examplesOf, type Example } from './examples.ts';
import type { Questions } from './load.ts';
import type { WordVectors } from './vectors/collect.ts';
import { readVectors, vectorSource, type VectorSettings } from './vectors/read.ts';
import {
  countTokens,
  coverageOf,
  frequent,
  wordOf,
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
export interface VocabularyOptions extends VectorSettings {
  /** The folder of the questions, which keeps the vectors that were read for them. */
  readonly data: string | null;
  /** Width of a word's vector. */
  readonly word: number;
  readonly minWords: number;
  readonly minChars: number;
}

/**
 * Makes the vocabularies of questions: words and characters of the training part, and with given vectors every word of any part
 * that has one.
 *
 * @throws Error when the vectors are not there, are damaged, or are of another width than the network's.
 */
export async function makeVocabularies(
  questions: Questions,
  options: VocabularyOptions,
  say: (line: string) => void,
): Promise<Vocabularies> {
  const { data, word, minWords, minChars } = options;
  const source = vectorSource(options);
  const counts = countTokens(questions.train);
  const characters = frequent(counts.characters, minChars);
  if (source === undefined) return { words: wordVocabulary(counts.words, minWords), characters };
  const { valid, test } = questions;
  const all = new Map(counts.words);
  for (const part of valid === test ? [valid] : [valid, test]) {
    for (const [token, count] of countTokens(part).words) {
      all.set(token, (all.get(token) ?? 0) + count);
    }
  }
  const wanted = new Set([...all.keys()].flatMap((token) => [token, wordOf(token)]));
  const vectors = await readVectors(source, wanted, { folder: data, say });
  if (vectors.dimension !== word) {
    throw new Error(
      `${source.name}: expected vectors of ${word} numbers, found ${vectors.dimension}; give --word ${vectors.dimension}, or other vectors.`,
    );
  }
  const { words, asWritten, inLowerCase, ofTexts } = coverageOf(all, vectors.words);
  say(
    `${source.name}: of ${words} different words ${asWritten} have a vector as they are written, ${inLowerCase} in lower case; ` +
      `${(100 * ofTexts).toFixed(1)} % of the texts`,
  );
  return { words: wordVocabulary(counts.words, minWords, vectors.words), characters, vectors };
}

/** SHA-256 of all words, characters and given vectors, in hexadecimal: a run goes on with no others. */
export function vocabularyDigest({ words, characters, vectors }: Vocabularies): string {
  const given = vectors && {
    vectors: { shape: [vectors.words.length, vectors.dimension], data: vectors.values },
  };
  return digestOf(given ?? {}, [words.trained, words.entries, characters.entries]);
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

/** SHA-256 of questions, their contexts and answers, in hexadecimal: a run goes on with no others. */
export function questionsDigest({ train, valid, test }: Prepared): string {
  const hash = createHash('sha256');
  for (const part of [train, valid, test]) {
    hash.update(`${part.length} `);
    for (const { id, context, question, start, end, answers } of part) {
      hash.update(JSON.stringify([id, context.text, question.text, start, end, answers]));
    }
  }
  return hash.digest('hex');
}
