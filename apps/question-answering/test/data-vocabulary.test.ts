import { describe, expect, test } from 'vitest';
import {
  countTokens,
  coverageOf,
  frequent,
  idOf,
  PADDING,
  UNKNOWN,
  vocabularyOf,
  wordVocabulary,
} from '../src/data/vocabulary.ts';

describe('countTokens', () => {
  test('counts words and characters as they are written, a context once', () => {
    const questions = [
      { id: 'a', question: 'Is tea Tea?', answers: [] },
      { id: 'b', question: 'Tea 🍵', answers: [] },
    ];
    const { words, characters } = countTokens([{ title: 'T', context: 'Tea.', questions }]);
    expect(Object.fromEntries(words)).toEqual({ Tea: 3, tea: 1, '.': 1, Is: 1, '?': 1, '🍵': 1 });
    expect(Object.fromEntries(characters)).toEqual({
      T: 3,
      t: 1,
      e: 4,
      a: 4,
      '.': 1,
      I: 1,
      s: 1,
      '?': 1,
      '🍵': 1,
    });
  });
});

describe('vocabularies', () => {
  const counts = new Map([
    ['b', 2],
    ['rare', 1],
    ['a', 2],
    ['c', 3],
    ['<unknown>', 9],
  ]);

  test('number what is frequent after padding and unknown, ties by code point', () => {
    const { entries, ids } = frequent(new Map([...counts].slice(0, 4)), 2);
    expect(entries).toEqual(['<padding>', '<unknown>', 'c', 'a', 'b']);
    expect(['c', 'a', 'b'].map((word) => ids.get(word))).toEqual([2, 3, 4]);
    expect([PADDING, UNKNOWN]).toEqual([0, 1]);
  });

  test('give no id to the names of padding and unknown', () => {
    const { ids } = vocabularyOf(['<padding>', '<unknown>', 'c']);
    expect([...ids]).toEqual([['c', 2]]);
  });

  test('put words with given vectors after those that are trained, however rare', () => {
    const given = ['unseen', 'a', 'rare'];
    const { entries, ids, trained } = wordVocabulary(new Map([...counts].slice(0, 4)), 2, given);
    expect(entries).toEqual(['<padding>', '<unknown>', 'c', 'b', 'unseen', 'a', 'rare']);
    expect(trained).toBe(4);
    expect(ids.get('unseen')! - trained).toBe(0);
    expect(wordVocabulary(counts, 100).entries).toEqual(['<padding>', '<unknown>']);
  });
});

describe('a word', () => {
  const counts = new Map([
    ['Us', 1],
    ['US', 4],
    ['us', 2],
    ['Tea', 3],
    ['tea', 1],
    ['Rust', 2],
  ]);

  test('is looked up as it is written, then in lower case', () => {
    const words = wordVocabulary(counts, 1, ['US', 'us', 'Rust', 'tea']);
    expect(words.entries).toEqual(['<padding>', '<unknown>', 'US', 'us', 'Rust', 'tea']);
    const found = ['US', 'us', 'Us', 'Rust', 'rust', 'TEA'].map((word) => idOf(words, word));
    expect(found).toEqual([2, 3, 3, 4, UNKNOWN, 5]);
  });

  test('is trained in lower case where neither has a given vector, by what occurs of it then', () => {
    // Rust has a vector and rust does not; of us only US has one, so that Us and us are trained together.
    const more = new Map([...counts, ['rust', 1], ['RUST', 1]]);
    const words = wordVocabulary(more, 2, ['US', 'Rust']);
    expect(words.entries.slice(0, words.trained)).toEqual([
      ...['<padding>', '<unknown>', 'tea', 'us', 'rust'],
    ]);
    expect(['US', 'us', 'Us', 'rust', 'Tea'].map((word) => idOf(words, word))).toEqual([
      ...[5, 3, 3, 4, 2],
    ]);
  });

  test('is counted by how it finds its vector', () => {
    // Of 13 words US 4, us 2, Rust 2 and tea 1 have one as written, Us 1 and Tea 3 in lower case.
    const given = ['US', 'us', 'Rust', 'tea'];
    expect(coverageOf(counts, given)).toEqual({
      ...{ words: 6, asWritten: 4, inLowerCase: 2, ofTexts: 1 },
    });
    expect(coverageOf(counts, ['US', 'tea'])).toEqual({
      ...{ words: 6, asWritten: 2, inLowerCase: 1, ofTexts: 8 / 13 },
    });
  });
});
