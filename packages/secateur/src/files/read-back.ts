import type { Weights } from '@secateur/groups';
import { partsOf, type Facts, type OwnCell, type Parts } from '@secateur/pruner/names';
import { CommandError } from '../command-error.ts';
import { chainOf, type Chain } from '../network/chain.ts';

/**
 * What names show of weights that are about to be written: they must show the cells of the chain, as a reader has nothing else.
 *
 * @throws CommandError naming the layer whose cell they do not say.
 */
export function readBack(chain: Chain, weights: Weights, facts: Facts): Parts {
  const parts = partsOf(weights, facts);
  const order = chain.layers.map(({ name }) => name);
  const { layers } = chainOf(parts, order, weights);
  for (const [i, layer] of chain.layers.entries()) {
    if (layer.kind !== 'recurrent') continue;
    const read = layers[i];
    const cells = read?.kind === 'recurrent' ? read.directions.map(describe) : [];
    for (const [at, own] of layer.directions.entries()) {
      if (cells[at] === describe(own)) continue;
      throw new CommandError(
        `expected cells that names of weights tell apart, found ${describe(own)} in "${layer.name}", which would be read as ${cells[at] ?? 'something else'}; choose another format.`,
      );
    }
  }
  return parts;
}

/** The cell, how often it is repeated in a step, and what it adds to its gates. */
function describe({ cell, depth, settings }: OwnCell): string {
  const added = Object.keys(cell.settings).map(
    (name) => `${name} ${settings[name] ?? cell.settings[name]}`,
  );
  return [`the cell "${cell.name}"`, ...(depth === 1 ? [] : [`depth ${depth}`]), ...added].join(
    ' with ',
  );
}
