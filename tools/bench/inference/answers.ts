import { uniform, uniformWeights } from '@secateur/cells';
import {
  countParameters,
  layoutShapes,
  type Layout,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { bidafLayout } from '../../../apps/question-answering/src/network/layout.ts';
import {
  dense,
  published,
  sizesOf,
  type PublishedRow,
} from '../../../apps/question-answering/src/network/published.ts';

/** Tokens of a context and of a question: the medians of SQuAD's development part. */
export const [CONTEXT, QUESTION] = [134, 11] as const;
/** Different tokens of such a context. */
const SPELLINGS = 84;
/** Characters that are read of each. */
export const CHARACTERS = 16;
/** Trained words and characters, as many as docs/question-answering.md counts, and words that are only looked up. */
const [WORDS, CHARS, FIXED] = [1150, 200, 20000] as const;
/** Width of a word's vector. */
const WIDTH = 100;

/** BiDAF as in the paper's Tables 3 and 4: dense, and the eight pruned networks. */
export const rows: readonly PublishedRow[] = [dense, ...published];

/** A row's name among the cases. */
export const rowName = ({ table, units }: PublishedRow): string =>
  `table ${table}: ${units.join(', ')}`;

/** The rows of these names, each with its name. */
export const rowsNamed = (names: readonly string[]): (readonly [string, PublishedRow])[] =>
  rows.map((row) => [rowName(row), row] as const).filter(([name]) => names.includes(name));

/** A row's layout, everything that nothing reads gone. */
export const layoutOf = (row: PublishedRow): Layout =>
  bidafLayout({ words: WORDS, chars: CHARS, sizes: sizesOf(row) });

/** Number of weights of a row's network, the trained words among them. */
export const countWeights = (row: PublishedRow): number => countParameters(layoutOf(row));

/** Draws a network's weights in ±0.05, the same in every process, the biases too, so that a wrong one shows. */
export function weightsOf(row: PublishedRow): Weights {
  const draw = uniformWeights({ min: -0.05, max: 0.05, seed: 1 });
  return Object.fromEntries(
    Object.entries(layoutShapes(layoutOf(row))).map(([name, shape]) => [name, draw(name, shape)]),
  );
}

/** Words and spellings of one text, as plain data. */
export interface TextIds {
  /** Tokens of the text. */
  readonly time: number;
  /** Word of each token, `[time]`. */
  readonly words: Int32Array;
  /** Spelling of each token, `[time]`. */
  readonly spelling: Int32Array;
  /** Different spellings of the text. */
  readonly count: number;
  /** Their characters, `[count, CHARACTERS]`. */
  readonly spellings: Int32Array;
}

/** The context and the question, the same in every process. */
export const texts = (): { readonly context: TextIds; readonly question: TextIds } => ({
  context: textOf(CONTEXT, SPELLINGS, 1),
  question: textOf(QUESTION, QUESTION, 2),
});

/** Random words, half of them such as are only looked up. */
function textOf(time: number, count: number, seed: number): TextIds {
  const trained = idsBelow(WORDS, time, seed);
  const lookedUp = idsBelow(FIXED, time, seed + 10);
  return {
    ...{ time, count },
    words: trained.map((id, step) => (step % 2 === 0 ? id : WORDS + lookedUp[step]!)),
    spelling: idsBelow(count, time, seed + 20),
    spellings: idsBelow(CHARS, count * CHARACTERS, seed + 30),
  };
}

/** Vectors of the words that are only looked up, `[FIXED, WIDTH]`. */
export const fixedVectors = (): NamedArray => uniform([FIXED, WIDTH], { min: -1, max: 1, seed: 3 });

/** So many whole numbers below `limit`. */
function idsBelow(limit: number, count: number, seed: number): Int32Array {
  return Int32Array.from(uniform([count], { min: 0, max: limit, seed }).data, Math.floor);
}
