import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGlove } from '../src/data/glove.ts';
import {
  countTokens,
  frequent,
  PADDING,
  UNKNOWN,
  vocabularyOf,
  wordVocabulary,
} from '../src/data/vocabulary.ts';

describe('countTokens', () => {
  test('counts words in lower case and characters as written, a context once', () => {
    const questions = [
      { id: 'a', question: 'Is tea Tea?', answers: [] },
      { id: 'b', question: 'Tea 🍵', answers: [] },
    ];
    const { words, characters } = countTokens([{ title: 'T', context: 'Tea.', questions }]);
    expect(Object.fromEntries(words)).toEqual({ tea: 4, '.': 1, is: 1, '?': 1, '🍵': 1 });
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

describe('readGlove', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    removeFolder(folder);
  });
  const write = (text: string, name = 'vectors.txt'): string => {
    const file = join(folder, name);
    writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
    return file;
  };

  test('reads all vectors, or those of wanted words, in the order of the file', async () => {
    const file = write('the 1 -2.5\nof 3 4e-1\r\ntea 5 6');
    const all = await readGlove(file);
    expect(all).toEqual({
      words: ['the', 'of', 'tea'],
      dimension: 2,
      values: Float32Array.from([1, -2.5, 3, 0.4, 5, 6]),
      inFile: 3,
    });
    const some = await readGlove(file, new Set(['tea', 'the', 'coffee']));
    expect(some.words).toEqual(['the', 'tea']);
    expect([...some.values]).toEqual([1, -2.5, 5, 6]);
    expect(some.inFile).toBe(3);
    expect(await readGlove(write('the 1 -2.5\nof 3 4e-1\r\ntea 5 6', 'v.txt.gz'))).toEqual(all);
  });

  test('takes words with spaces, odd separators and repetition', async () => {
    // U+2028 and NEL end lines elsewhere, and a file is read in pieces that cut characters.
    const long = 'é'.repeat(70_000);
    const file = write(`x 0 0\n. . 1 2\na\u2028b\u0085 3 4\n${long} 5 6\n. . 7 8\n`);
    const { words, values } = await readGlove(file);
    expect(words).toEqual(['x', '. .', 'a\u2028b\u0085', long]);
    expect([...values]).toEqual([0, 0, 1, 2, 3, 4, 5, 6]);
  });

  test.each([
    [
      'a short line',
      'a 1 2 3\nb 1 2\n',
      'line 2: expected a word and 3 numbers, as on line 1, parted by spaces, found "b 1 2"',
    ],
    ['an empty line', 'a 1\n\nb 1\n', 'line 2: expected a word and 1 numbers'],
    ['no numbers', 'tea\n', 'line 1: expected a word and numbers parted by spaces, found "tea"'],
    [
      'a word among the numbers',
      'a 1 2\nb 1 x\n',
      'line 2: expected 2 numbers that float32 holds after "b", found "x" among them',
    ],
    [
      'a number that is none',
      'a 1 2\nb NaN 1\n',
      'line 2: expected 2 numbers that float32 holds after "b", found "NaN" among them',
    ],
    [
      'a number beyond float32',
      'a 1 2\nb 1 -1e39\n',
      'line 2: expected 2 numbers that float32 holds after "b", found "-1e39" among them',
    ],
    [
      'a line of a million numbers',
      `a${' 1'.repeat(400_000)}\n`,
      'line 1: expected at most 10000 numbers',
    ],
    ['a line without end', 'a'.repeat(2_000_000), 'expected lines of at most 1000000 characters'],
    ['nothing', '', 'expected a word and its numbers on each line, found an empty file'],
  ])('says where it found %s', async (_what, text, message) => {
    await expect(readGlove(write(text))).rejects.toThrow(message);
  });

  test('says which file is missing or cut off', async () => {
    await expect(readGlove(join(folder, 'no.txt'))).rejects.toThrow(
      /no\.txt: expected a readable file, found none \(ENOENT\)/,
    );
    const file = join(folder, 'cut.txt.gz');
    writeFileSync(file, gzipSync('a 1 2\n'.repeat(1000)).subarray(0, -12));
    await expect(readGlove(file)).rejects.toThrow(
      /cut\.txt\.gz: expected a readable file that gzip made, found unexpected end of file/,
    );
    await expect(readGlove(join(folder, 'no.txt.gz'))).rejects.toThrow(/no\.txt\.gz: .*ENOENT/);
  });
});
