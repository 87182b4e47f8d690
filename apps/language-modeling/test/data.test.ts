import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchReader } from '../src/data/batches.ts';
import { loadCorpus } from '../src/data/corpus.ts';
import { numberWords, wordNumberer } from '../src/data/numbered.ts';
import { END, lineTokenizer, tokenizeLines, tokenizeProse } from '../src/data/tokenize.ts';
import { buildVocabulary, encode, vocabularyOf } from '../src/data/vocabulary.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

const write = (name: string, text: string): void => {
  writeFileSync(join(folder, name), text);
};

describe('tokenizeProse', () => {
  test('takes a time that grows with the text, whatever it holds', () => {
    // What is quadratic takes minutes for these.
    expect(tokenizeProse(`${'.'.repeat(1_000_000)}x y. z`)).toEqual(['x', 'y', END, 'z', END]);
    expect(tokenizeProse('(applause'.repeat(200_000))).toHaveLength(200_001);
    expect(tokenizeProse('?!'.repeat(500_000))).toEqual([]);
  });

  test('lowers words, replaces numbers, ends sentences and drops stage directions', () => {
    expect(
      tokenizeProse('Mr. Speaker—(applause)—we’ve spent $1,200 since 1990. Thank you!'),
    ).toEqual([
      'mr',
      'speaker',
      "we've",
      'spent',
      'N',
      'since',
      'N',
      '<eos>',
      'thank',
      'you',
      '<eos>',
    ]);
  });

  test('does not end a sentence inside a number or an abbreviation', () => {
    expect(tokenizeProse('The U.S. grew 2.5 percent.')).toEqual([
      'the',
      'us',
      'grew',
      'N',
      'percent',
      '<eos>',
    ]);
  });
});

describe('tokenizeLines', () => {
  test('ends every line, blank ones too', () => {
    expect(tokenizeLines(' a  b \n\n c\n')).toEqual(['a', 'b', '<eos>', '<eos>', 'c', '<eos>']);
  });

  // The first lines of a WikiText file, with the counts of a reader that writes <eos> for each newline.
  test('counts the words and the line ends of a text in the manner of WikiText', () => {
    const text = ' \n = Robert <unk> = \n \n Robert <unk> is an actor . \n \n';
    const tokens = tokenizeLines(text);
    expect(tokens).toHaveLength(10 + 5);
    expect(tokens).toEqual(text.replaceAll('\n', ' <eos> ').trim().split(/\s+/));
  });

  test('takes Windows line ends and a mark of byte order for white space', () => {
    expect(tokenizeLines('\uFEFFa b\r\n\r\nc\r\n')).toEqual(tokenizeLines('a b\n\nc\n'));
  });

  test('ends a last line without a line end, and adds no line after one', () => {
    expect(tokenizeLines('a\nb')).toEqual(['a', '<eos>', 'b', '<eos>']);
    expect(tokenizeLines('a\nb\n')).toEqual(['a', '<eos>', 'b', '<eos>']);
    expect(tokenizeLines('\n')).toEqual(['<eos>']);
    expect(tokenizeLines('')).toEqual([]);
  });

  test('takes a text of one long line', () => {
    expect(tokenizeLines('a '.repeat(300_000))).toHaveLength(300_001);
  });
});

describe('lineTokenizer', () => {
  /** The words and line ends of a whole text, by another way than pieces. */
  const inOne = (text: string): string[] =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .flatMap((line) => [...(line.match(/\S+/g) ?? []), '<eos>'])
      .slice(0, text === '' ? 0 : undefined);

  test('gives the same tokens for any text cut at any places', () => {
    const character = fc.constantFrom(
      'a',
      'b',
      'é',
      '😀',
      ' ',
      '\n',
      '\r\n',
      '\t',
      '\u00a0',
      '\ufeff',
    );
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: character, maxLength: 8 }), { maxLength: 8 }),
        (pieces) => {
          const tokens: string[] = [];
          const tokenizer = lineTokenizer('s', (token) => tokens.push(token));
          for (const piece of pieces) tokenizer.read(piece);
          tokenizer.end();
          expect(tokens).toEqual(inOne(pieces.join('')));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('refuses what has no spaces, before it fills the memory', () => {
    const tokenizer = lineTokenizer('dna.txt', () => undefined);
    const piece = 'acgt'.repeat(1 << 16);
    expect(() => {
      for (let i = 0; i < 100; i++) tokenizer.read(piece);
    }).toThrow(
      'dna.txt: expected words parted by spaces, found 1310720 characters without one ("acgt',
    );
  });
});

test('wordNumberer keeps a text longer than a chunk in its order', () => {
  const numberer = wordNumberer('s');
  const length = 2 * 2 ** 20 + 3;
  for (let i = 0; i < length; i++) numberer.add(String(i % 7));
  const { words, counts, ids } = numberer.text();
  expect(words).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  expect(counts.reduce((a, b) => a + b)).toBe(length);
  expect(ids.length).toBe(length);
  expect(ids.every((id, i) => id === i % 7)).toBe(true);
});

describe('buildVocabulary', () => {
  test('numbers words by frequency, ties by code point', () => {
    expect(buildVocabulary(numberWords(['b', 'a', 'c', 'a'])).words).toEqual(['a', 'b', 'c']);
  });

  test('keeps the end and the unknown word among a capped number', () => {
    const words = buildVocabulary(numberWords(['a', 'a', 'a', 'b', 'b', 'c', '<eos>']), 4).words;
    expect(words).toEqual(['<eos>', '<unk>', 'a', 'b']);
  });
});

describe('encode', () => {
  const vocabulary = vocabularyOf(['<unk>', 'a']);

  test('replaces an unknown word only when asked', () => {
    expect([
      ...encode(numberWords(['a', 'z']), vocabulary, { source: 's', replaceUnknown: true }),
    ]).toEqual([1, 0]);
    expect(() =>
      encode(numberWords(['a', 'z']), vocabulary, { source: 'valid.txt', replaceUnknown: false }),
    ).toThrow('valid.txt: word 2 is "z", which is not among the 2 words of the vocabulary');
  });
});

describe('loadCorpus', () => {
  test('reads three files, also with PTB names and gzipped', async () => {
    write('ptb.train.txt', 'a b a\nb c\n');
    write('valid.txt', 'a c\n');
    writeFileSync(join(folder, 'test.txt.gz'), gzipSync('b b\n'));
    const corpus = await loadCorpus({ directory: folder, fromYear: 0 });
    const words = (ids: Int32Array): string[] => [...ids].map((id) => corpus.vocabulary.words[id]!);
    expect(words(corpus.train)).toEqual(['a', 'b', 'a', '<eos>', 'b', 'c', '<eos>']);
    expect(words(corpus.test)).toEqual(['b', 'b', '<eos>']);
  });

  test('a text from Windows is the same text, and one in UTF-16 is refused', async () => {
    const texts = { train: 'a b a\n\nb c\n', valid: 'a c\n', test: 'b b\n' };
    for (const [part, text] of Object.entries(texts)) write(`${part}.txt`, text);
    const corpus = await loadCorpus({ directory: folder, fromYear: 0 });
    for (const [part, text] of Object.entries(texts)) {
      write(`${part}.txt`, `\ufeff${text.replaceAll('\n', '\r\n')}`);
    }
    expect(await loadCorpus({ directory: folder, fromYear: 0 })).toEqual(corpus);
    const wide = Buffer.from(`\ufeff${texts.train}`, 'utf16le');
    writeFileSync(join(folder, 'train.txt'), wide);
    await expect(loadCorpus({ directory: folder, fromYear: 0 })).rejects.toThrow(
      /train\.txt: expected text in UTF-8, found UTF-16/,
    );
  });

  test('names the missing file', async () => {
    write('train.txt', 'a b\n');
    await expect(loadCorpus({ directory: folder, fromYear: 0 })).rejects.toThrow(
      'found neither valid.txt nor ptb.valid.txt',
    );
  });

  test('refuses an empty part', async () => {
    write('train.txt', 'a b\n');
    write('valid.txt', '\n');
    write('test.txt', 'a\n');
    await expect(loadCorpus({ directory: folder, fromYear: 0 })).rejects.toThrow(
      'expected at least two words in the valid part, found 1',
    );
  });

  test('names a word outside the vocabulary', async () => {
    write('train.txt', 'a b\n');
    write('valid.txt', 'a zebra\n');
    write('test.txt', 'a\n');
    await expect(loadCorpus({ directory: folder, fromYear: 0 })).rejects.toThrow(
      '(valid): word 2 is "zebra", which is not among the 3 words',
    );
  });

  test('the embedded addresses split into three parts that share no address', async () => {
    const corpus = await loadCorpus({ fromYear: 2010, maxVocab: 500 });
    expect(corpus.vocabulary.words).toHaveLength(500);
    expect(corpus.train.length).toBeGreaterThan(50000);
    expect(Math.max(...corpus.valid)).toBeLessThan(500);
    expect(corpus.test.length).toBeGreaterThan(4000);
  });
});

describe('batchReader', () => {
  test('walks along all rows at once and drops the tail', () => {
    const reader = batchReader(
      Int32Array.from({ length: 14 }, (_, i) => i),
      2,
      3,
    );
    expect(reader.windows).toBe(2);
    expect([...reader.window(1).inputs]).toEqual([3, 4, 5, 10, 11, 12]);
    expect([...reader.window(1).targets]).toEqual([4, 5, 6, 11, 12, 13]);
  });

  test('says how many words it needs', () => {
    expect(() => batchReader(new Int32Array(9), 2, 5)).toThrow(
      'expected at least 12 words for 2 rows of 5 steps in the given text, found 9',
    );
  });
});

test.each([1, 0, -1, NaN])('a vocabulary of at most %s words is refused', (most) => {
  expect(() => buildVocabulary(numberWords(['a', 'b', 'a']), most)).toThrow(
    `vocabulary: expected at least 2 words, <eos> and <unk>, found ${most}; raise --max-vocab.`,
  );
});
