import { foldSeed, uniform } from '@secateur/cells';
import { layoutShapes, type Layout, type Weights } from '@secateur/groups';

/**
 * Draws every weight of a layout uniformly in ±init, all biases at zero, as the original does. Each weight has a seed of
 * its own, so that a weight's values do not depend on the others' sizes.
 */
export function initialWeights(layout: Layout, options: { init: number; seed: number }): Weights {
  const entries = Object.entries(layoutShapes(layout)).map(([name, shape], index) => {
    const data = name.endsWith('/bias')
      ? new Float32Array(shape.reduce((a, b) => a * b, 1))
      : uniform(shape, {
          min: -options.init,
          max: options.init,
          seed: foldSeed(options.seed, 'weights', index),
        }).data;
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}
