import { fixDims, networkLayout, type Layout } from '@secateur/groups';
import { bidafLayers, directions } from './layers.ts';

/** Options of {@link bidafLayout}. */
export interface BidafLayoutOptions {
  /** Rows of the table of words that is trained. Vectors that are not trained are no weights. */
  readonly words: number;
  /** Rows of the table of characters. */
  readonly chars: number;
  /** Characters that a filter sees at once, 5 in the paper. */
  readonly window?: number;
  /** Units of every LSTM in each direction, 100 in the paper. */
  readonly units?: number;
  /** Other sizes by dimension, for instance `{ word: 50, 'modelling1/bw': 33 }`; all of the paper's are 100, but `char` is 8. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Which dimensions have groups and can be pruned, `'exact'` if left out; see {@link bidafLayout}. */
  readonly groups?: 'paper' | 'exact' | 'all';
}

/**
 * The layout of the weights that `bidaf` reads. Its dimensions are named after the LSTMs that write them (`context/fw`,
 * `modelling1/bw`); products and attention keep the unit, so that what the network reads of `[h, u_a, h * u_a, h * h_a]`
 * is the contextual LSTM's dimensions four times.
 *
 * - `'paper'`: the six groups of the ISS code, of 4800, 4800, 3201, 3201, 6401 and 6401 weights at its sizes. The rows that
 *   read `a1`, the mean of `modelling2` where the answer starts, are in none of them (dimensions `a1/fw` and `a1/bw`, which
 *   nothing writes) and stay when a unit of `modelling2` goes: right to penalize by and to count by as the paper does, but
 *   the network does not run in what is left.
 * - `'exact'`, the default: the same six, those of `modelling2` with their rows of `a1`, 4001 weights each.
 * - `'all'`: the contextual LSTM and the filters over characters as well, 8011 and 2440 weights. The width of a word's vector
 *   stays, because vectors that are not trained have it too.
 *
 * The weights of the paper's Tables 3 and 4 are these, without vectors of GloVe and with the rows of `a1` at 200, and three
 * biases: of the attention and of both pointers, which we leave out since a constant changes no softmax. That makes
 * 2,570,703 and the trained embeddings, whose number the paper does not give: `100 * words + 8 * chars` from 114,796 to
 * 117,409 gives all of its rows as printed.
 *
 * @throws GroupError for a size that is none or has the name of no dimension.
 */
export function bidafLayout(options: BidafLayoutOptions): Layout {
  const { words, chars, window = 5, units = 100, sizes = {}, groups = 'exact' } = options;
  const dims: Record<string, number> = { words, chars, word: 100, char: 8, filters: 100 };
  for (const name of ['context', 'modelling1', 'modelling2', 'output'].flatMap(directions))
    dims[name] = units;
  for (const way of groups === 'paper' ? ['fw', 'bw'] : [])
    dims[`a1/${way}`] = sizes[`modelling2/${way}`] ?? units;
  const layers = Object.values(bidafLayers({ window, a1: groups === 'paper' ? 'a1' : undefined }));
  return fixDims(
    networkLayout(layers, { ...dims, ...sizes }),
    groups === 'all' ? ['word'] : ['word', 'filters', ...directions('context')],
  );
}
