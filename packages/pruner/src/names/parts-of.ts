import type { Weights } from '@secateur/groups';
import { kerasParts, type Facts } from './keras-parts.ts';
import type { Parts } from './part.ts';
import { torchParts } from './torch-parts.ts';

/**
 * What the names show, whosever they are.
 *
 * @example
 * ```ts
 * import { partsOf } from '@secateur/pruner/names';
 *
 * const zeros = (a: number, b: number) => ({ shape: [a, b], data: new Float32Array(a * b) });
 * const { dialect, parts, rest } = partsOf({
 *   'rnn.weight_ih_l0': zeros(12, 5),
 *   'rnn.weight_hh_l0': zeros(12, 3),
 *   'words.weight': zeros(9, 5),
 *   scores: zeros(4, 7),
 * });
 * dialect; // => 'PyTorch'
 * parts.map(({ kind, name }) => `${kind} ${name}`); // => ['recurrent rnn', 'embedding words']
 * rest; // => ['scores']
 * ```
 */
export function partsOf(weights: Weights, facts: Facts = {}): Parts {
  const names = Object.keys(weights);
  if (names.some((name) => /(?:^|\.)weight_ih_l\d/.test(name))) return torchParts(weights);
  const ours = names.some((name) => name.endsWith('/recurrent'));
  return kerasParts(weights, ours ? 'Secateur' : 'Keras', facts);
}
