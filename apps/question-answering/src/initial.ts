import { foldSeed, glorotWeights, uniform } from '@secateur/cells';
import { layoutShapes, type Layout, type Weights } from '@secateur/groups';

/**
 * First weights: tables of words and characters uniform in ±1, of the size of GloVe's numbers, so that what is trained
 * weighs as much as what is given; other matrices by Glorot and Bengio (2010), as TensorFlow's default, biases zero.
 */
export function initialWeights(layout: Layout, seed: number): Weights {
  const glorot = glorotWeights({ seed });
  const tables = new Set(['words', 'chars']);
  return Object.fromEntries(
    Object.entries(layoutShapes(layout)).map(([name, shape], index) => {
      if (!tables.has(name)) return [name, glorot(name, shape)];
      return [name, uniform(shape, { min: -1, max: 1, seed: foldSeed(seed, 'weights', index) })];
    }),
  );
}
