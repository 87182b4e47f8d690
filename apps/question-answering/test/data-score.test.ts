import { describe, expect, test } from 'vitest';
import { exactMatch, f1, normalizedWords, score } from '../src/data/score.ts';

describe('normalizedWords', () => {
  test('lowers, drops ASCII punctuation and articles, and joins white space', () => {
    expect(normalizedWords(' The\tQuick-Brown\u00a0\u2009Fox, an "ox" & a\n _hen_.')).toEqual(
      'quickbrown fox ox hen'.split(' '),
    );
  });

  test('leaves punctuation outside ASCII, as the official script does', () => {
    expect(normalizedWords('“Golden” – 5€')).toEqual(['“golden”', '–', '5€']);
  });

  test('takes articles as whole words only, after punctuation is gone', () => {
    expect(normalizedWords('A.N. Theatre, thea, “the” a’s')).toEqual([
      'theatre',
      'thea',
      '“',
      '”',
      '’s',
    ]);
    // Letters beyond ASCII are letters to Python, so nothing ends before them.
    expect(normalizedWords('aé éa 日a')).toEqual(['aé', 'éa', '日a']);
  });

  test('parts words where Python does', () => {
    expect(normalizedWords('x\u0085y\u001cz')).toEqual(['x', 'y', 'z']);
    expect(normalizedWords('x\ufeffy\u200bz')).toEqual(['x\ufeffy\u200bz']);
  });

  test('can leave nothing', () => {
    expect(normalizedWords('The, a!')).toEqual([]);
  });
});

describe('one answer', () => {
  test('matches exactly after normalization only', () => {
    expect(exactMatch('the Denver Broncos.', ['Carolina', 'Denver  broncos'])).toBe(1);
    expect(exactMatch('Broncos Denver', ['Denver Broncos'])).toBe(0);
  });

  test('has F1 of the words in common with the best of the right answers', () => {
    // Two of three predicted words are right, of four: 2 * (2/3) * (1/2) / (2/3 + 1/2) = 4/7.
    expect(f1('red green blue', ['blue red pink grey'])).toBeCloseTo(4 / 7, 15);
    expect(f1('red green blue', ['pink', 'blue red pink grey', 'grey'])).toBeCloseTo(4 / 7, 15);
    expect(f1('red', ['blue'])).toBe(0);
    expect(f1('The Red!', ['red'])).toBe(1);
  });

  test('counts a repeated word as often as both have it', () => {
    // Common: "so" once. Precision 1/3, recall 1/2: F1 2/5.
    expect(f1('so so so', ['so what'])).toBeCloseTo(2 / 5, 15);
    expect(f1('so what', ['so so so'])).toBeCloseTo(2 / 5, 15);
    expect(f1('so so', ['so so'])).toBe(1);
  });

  test('that is empty once normalized matches its like and has no F1, as in version 1.1', () => {
    expect(exactMatch('the', ['a.'])).toBe(1);
    expect(f1('the', ['a.'])).toBe(0);
    expect(f1('', ['word'])).toBe(0);
  });
});

describe('score', () => {
  const questions = [
    { id: 'a', answers: ['1 May', 'May 1'] },
    { id: 'b', answers: ['red'] },
    { id: 'c', answers: ['blue'] },
  ];

  test('averages over all questions in per cent, and a missing prediction counts 0', () => {
    const predictions = new Map([
      ['a', 'May 1'],
      ['b', 'a red light'],
      ['z', 'blue'],
    ]);
    const { f1: average, ...rest } = score(questions, predictions);
    expect(rest).toEqual({ exactMatch: 100 / 3, questions: 3, missing: 1 });
    expect(average).toBeCloseTo((100 * (1 + 2 / 3)) / 3, 12);
  });

  test('of no questions is an error', () => {
    expect(() => score([], new Map())).toThrow('score: expected at least one question, found none');
  });
});
