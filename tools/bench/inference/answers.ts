import { uniform, uniformWeights } from '@secateur/cells';
import { countParameters, layoutShapes, type Layout, type Weights } from '@secateur/groups';
import { bidafLayout } from '../../../apps/question-answering/src/network/layout.ts';
import {
  dense,
  published,
  sizesOf,
  type PublishedRow,
} from '../../../apps/question-answering/src/network/published.ts';

/** Tokens of a context and of a question: the medians of SQuAD's development part. */
export const [CONTEXT, QUESTION] = [134, 11] as const;
/** Different tokens of such a context, and characters that are read of each. */
export const [SPELLINGS, CHARACTERS] = [84, 16] as const;
/** Trained words and characters, as many as docs/question-answering.md counts, and words that are only looked up. */
export const [WORDS, CHARS, FIXED] = [1150, 200, 20000] as const;
/** Width of a word's vector. */
export const WIDTH = 100;

/** BiDAF as in the paper's Tables 3 and 4: dense, and the eight pruned networks. */
export const rows: readonly PublishedRow[] = [dense, ...published];

/** A row's name among the cases. */
export const rowName = ({ table, units }: PublishedRow): string =>
  `table ${table}: ${units.join(', ')}`;

/** A row's layout, everything that nothing reads gone. */
const layoutOf = (row: PublishedRow): Layout =>
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

/** So many whole numbers below `limit`, the same in every process. */
export function idsBelow(limit: number, count: number, seed: number): Int32Array {
  return Int32Array.from(uniform([count], { min: 0, max: limit, seed }).data, Math.floor);
}
