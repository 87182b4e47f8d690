import type { Weights } from '@secateur/groups';
import { kerasParts, type Facts } from './keras-parts.ts';
import type { Parts } from './part.ts';
import { torchParts } from './torch-parts.ts';

/** What the names show, whosever they are. */
export function partsOf(weights: Weights, facts: Facts = {}): Parts {
  const names = Object.keys(weights);
  if (names.some((name) => /(?:^|\.)weight_ih_l\d/.test(name))) return torchParts(weights);
  const ours = names.some((name) => name.endsWith('/recurrent'));
  return kerasParts(weights, ours ? 'Secateur' : 'Keras', facts);
}
