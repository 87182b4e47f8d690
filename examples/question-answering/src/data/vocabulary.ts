import { shown } from '@secateur/input';
import type { Paragraph } from './questions.ts';
import { tokenize } from './tokenize.ts';

/** Id of what only fills a batch. */
export const PADDING = 0;
/** Id of every word or character outside its vocabulary. */
export const UNKNOWN = 1;
/** What stands at the first two places. The tokeniser parts `<` from words, so that no token is one of them. */
const SPECIAL = ['<padding>', '<unknown>'];

/** Words or characters by id: an entry's id is its place in the list. */
export interface Vocabulary {
  readonly entries: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
}

/** Words of two kinds: the network trains the vectors of the first `trained`, padding and unknown among them. */
export interface WordVocabulary extends Vocabulary {
  readonly trained: number;
}

/** How often each word, in lower case, and each character, as it is written, occurs. */
export interface Counts {
  readonly words: ReadonlyMap<string, number>;
  readonly characters: ReadonlyMap<string, number>;
}

/** Counts the words and characters of contexts and questions, each text once. */
export function countTokens(paragraphs: readonly Paragraph[]): Counts {
  const words = new Map<string, number>();
  const characters = new Map<string, number>();
  const count = (counts: Map<string, number>, what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  for (const { context, questions } of paragraphs) {
    for (const text of [context, ...questions.map(({ question }) => question)]) {
      for (const token of tokenize(text)) {
        count(words, wordOf(token.text));
        for (const character of token.text) count(characters, character);
      }
    }
  }
  return { words, characters };
}

/** The word that a token is, in lower case as the vectors of GloVe 6B have it. */
export function wordOf(token: string): string {
  return token.toLowerCase();
}

/** Makes a vocabulary of a list in which an entry's place is its id, padding and unknown first. */
export function vocabularyOf(entries: readonly string[]): Vocabulary {
  const ids = new Map(entries.map((entry, id) => [entry, id]));
  for (const special of SPECIAL) ids.delete(special);
  return { entries, ids };
}

/**
 * Throws unless a list begins with padding and unknown, whose ids the network takes as given.
 *
 * @throws Error opening with `what`.
 */
export function requireSpecial(what: string, entries: readonly string[]): void {
  if (SPECIAL.every((special, id) => entries[id] === special)) return;
  throw new Error(
    `${what}: expected a vocabulary that begins with ${shown(SPECIAL)}, found ${shown(entries.slice(0, SPECIAL.length))}; it belongs to another model.`,
  );
}

/**
 * Padding, unknown, and what occurs at least `minimum` times: most frequent first, ties in code-point order, so that the
 * same texts always give the same ids.
 */
export function frequent(counts: ReadonlyMap<string, number>, minimum: number): Vocabulary {
  const kept = [...counts].filter(([, count]) => count >= minimum);
  kept.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return vocabularyOf([...SPECIAL, ...kept.map(([entry]) => entry)]);
}

/**
 * The words of a network: first those whose vectors it trains, which occur at least `minimum` times and have no given
 * vector, then those with one, in the order of `given`.
 */
export function wordVocabulary(
  counts: ReadonlyMap<string, number>,
  minimum: number,
  given: readonly string[] = [],
): WordVocabulary {
  const has = new Set(given);
  const others = new Map([...counts].filter(([word]) => !has.has(word)));
  const trained = frequent(others, minimum).entries;
  return { ...vocabularyOf([...trained, ...given]), trained: trained.length };
}
