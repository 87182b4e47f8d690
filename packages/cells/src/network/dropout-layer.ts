import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { checkOptions } from '@secateur/input';
import { checkRate } from '../check.ts';
import { dropout } from '../dropout.ts';
import { argumentError } from '../error.ts';
import { variationalDropout } from '../variational-dropout.ts';
import { stateless, type Layer } from './layer.ts';

/** Options of {@link dropoutLayer}. */
export interface DropoutLayerOptions {
  /** Whether one mask holds for all steps of a sequence (Gal and Ghahramani 2016); by default each step has its own. */
  readonly variational?: boolean;
}

/**
 * Drops entries of its input with probability `rate` in training, as {@link dropout} does; else it changes nothing.
 *
 * @throws {@link CellError} when `rate` is not at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { dropoutLayer, sequence } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const net = sequence(dropoutLayer(0.5));
 * const x = tensor2d([[1, 2, 3, 4]]);
 * net.apply({}, x).outputs.arraySync(); // => [[1, 2, 3, 4]]
 * const trained = tidy(() => net.apply({}, x, { training: { seed: 1 } }).outputs.arraySync());
 * trained; // => [[2, 4, 6, 0]]
 * x.dispose();
 * ```
 */
export function dropoutLayer(rate: number, options: DropoutLayerOptions = {}): Layer {
  checkRate('dropoutLayer', rate);
  checkOptions('dropoutLayer', options, { variational: true }, argumentError);
  const { variational = false } = options;
  return {
    kind: 'dropout',
    name: 'dropout',
    weights: {},
    states: {},
    draws: 1,
    apply(_, x, { training } = {}) {
      if (training === undefined || rate === 0) return { outputs: x, state: stateless };
      const { seed } = training;
      const outputs: Tensor = variational
        ? variationalDropout(x as Tensor3D, rate, seed)
        : dropout(x, rate, seed);
      return { outputs, state: stateless };
    },
  };
}
