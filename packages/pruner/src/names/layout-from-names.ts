import type { Weights } from '@secateur/groups';
import { checkOptions, namesText } from '@secateur/input';
import { argumentError, weightsError } from '../pruner-error.ts';
import type { Facts } from './keras-parts.ts';
import { linkParts, type Linked, type LinkOptions } from './link-parts.ts';
import { partsOf } from './parts-of.ts';

/** Options of {@link layoutFromNames}. */
export interface LayoutFromNamesOptions extends LinkOptions {
  /** What names and shapes do not tell of the layers. */
  readonly facts?: Facts;
}

/**
 * The layout of weights whose names are those of PyTorch, Keras or Secateur, such as those of a safetensors file, to
 * prune them by. Where it is not clear what reads a unit, the unit is kept, and a note says why.
 *
 * @throws PrunerError (code `weights`) when no name is that of a recurrent layer, (code `argument`) when `order` is not
 * an order of the layers.
 *
 * @example
 * ```ts
 * import { layoutFromNames } from '@secateur/pruner/names';
 *
 * const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(shape[0]! * (shape[1] ?? 1)) });
 * const { layout, notes } = layoutFromNames({
 *   'rnn.weight_ih_l0': zeros(12, 5),
 *   'rnn.weight_hh_l0': zeros(12, 3),
 *   'rnn.bias_ih_l0': zeros(12),
 *   'rnn.bias_hh_l0': zeros(12),
 *   'head.weight': zeros(2, 3),
 *   'head.bias': zeros(2),
 * });
 * layout.dims; // => { h1: 3 }
 * notes.length; // => 1
 * ```
 */
export function layoutFromNames(weights: Weights, options: LayoutFromNamesOptions = {}): Linked {
  const names = { facts: true, order: true, advice: true } as const;
  checkOptions('layoutFromNames', options, names, argumentError);
  const { facts, ...links } = options;
  const found = partsOf(weights, facts);
  if (found.parts.some(({ kind }) => kind === 'recurrent')) {
    return linkParts(found, weights, links);
  }
  throw weightsError(
    `layoutFromNames: expected names of an LSTM or GRU as PyTorch (weight_ih_l0), Keras (lstm/recurrent_kernel) or Secateur (lstm1/recurrent) give them, found ${namesText(Object.keys(weights))}; write the layout yourself.`,
  );
}
