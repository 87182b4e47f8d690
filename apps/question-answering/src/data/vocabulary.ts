import { shown } from '@secateur/input';
import type { Paragraph } from './questions.ts';
import { tokenize } from './tokenize.ts';

/** Id of what only fills a batch. */
export const PADDING = 0;
/** Id of every word or character outside its vocabulary. */
export const UNKNOWN = 1;
/** What stands at the first two places. The tokenizer parts `<` from words, so that no token is one of them. */
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

/** How often each word and each character occurs, both as they are written. */
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
        count(words, token.text);
        for (const character of token.text) count(characters, character);
      }
    }
  }
  return { words, characters };
}

/** The word that a token counts as where no given vector has it as it is written. */
export function wordOf(token: string): string {
  return token.toLowerCase();
}

/** The id of a token: of the word as it is written, else in lower case, as BiDAF looks vectors up, else unknown. */
export function idOf({ ids }: WordVocabulary, token: string): number {
  return ids.get(token) ?? ids.get(wordOf(token)) ?? UNKNOWN;
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
 * The words of a network: first those whose vectors it trains, in lower case, which occur at least `minimum` times and have no
 * given vector, then those with one, in the order of `given`.
 */
export function wordVocabulary(
  counts: ReadonlyMap<string, number>,
  minimum: number,
  given: readonly string[] = [],
): WordVocabulary {
  const has = new Set(given);
  const others = new Map<string, number>();
  for (const [token, count] of counts) {
    const word = wordOf(token);
    if (!has.has(token) && !has.has(word)) others.set(word, (others.get(word) ?? 0) + count);
  }
  const trained = frequent(others, minimum).entries;
  return { ...vocabularyOf([...trained, ...given]), trained: trained.length };
}

/** How many of the different words of texts have a given vector, and how much of the texts they are. */
export interface Coverage {
  /** Different words, as they are written. */
  readonly words: number;
  /** Those of them that have a vector as they are written. */
  readonly asWritten: number;
  /** Those that have one in lower case only. */
  readonly inLowerCase: number;
  /** Share of all words of the texts, each as often as it occurs, that has a vector. */
  readonly ofTexts: number;
}

/** Counts the {@link Coverage} of given words. */
export function coverageOf(
  counts: ReadonlyMap<string, number>,
  given: readonly string[],
): Coverage {
  const has = new Set(given);
  let [asWritten, inLowerCase, covered, all] = [0, 0, 0, 0];
  for (const [token, count] of counts) {
    all += count;
    const [exact, lower] = [has.has(token), has.has(wordOf(token))];
    if (exact) asWritten++;
    else if (lower) inLowerCase++;
    if (exact || lower) covered += count;
  }
  return { words: counts.size, asWritten, inLowerCase, ofTexts: covered / all };
}
