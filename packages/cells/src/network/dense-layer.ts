import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { parseAxis, weightExpression } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { dense } from '../dense.ts';
import { argumentError } from '../error.ts';
import { stateless, weightOf, type Layer } from './layer.ts';

/** Options of {@link denseLayer}. */
export interface DenseLayerOptions {
  /** The axis that it reads, in the notation: `h2`, or `fwd + bwd`. */
  readonly input: string;
  /** The axis that it writes, for instance `vocab`. */
  readonly output: string;
  /** Whether there is a bias; default true. */
  readonly bias?: boolean;
  /** Name of an embedding `[output, input]` that serves as its matrix, so that the two are one weight. */
  readonly tiedTo?: string;
}

/**
 * `name/kernel [input, output]` and `name/bias [output]`: maps the last axis of its input.
 *
 * @example
 * ```ts
 * import { denseLayer, embeddingLayer, sequence } from '@secateur/cells';
 * import { layoutShapes } from '@secateur/groups';
 *
 * const axes = { input: 'h', output: 'vocab' };
 * const shapes = layoutShapes(sequence(denseLayer('softmax', axes)).layout({ h: 4, vocab: 10 }));
 * shapes; // => { 'softmax/kernel': [4, 10], 'softmax/bias': [10] }
 *
 * // A matrix that is the embedding's table turned round adds no weight.
 * const words = embeddingLayer('words', { vocab: 'vocab', width: 'h' });
 * const tied = sequence(words, denseLayer('softmax', { ...axes, tiedTo: 'words' }));
 * layoutShapes(tied.layout({ h: 4, vocab: 10 })); // => { words: [10, 4], 'softmax/bias': [10] }
 * ```
 */
export function denseLayer(name: string, options: DenseLayerOptions): Layer {
  const names = { input: true, output: true, bias: true, tiedTo: true } as const;
  checkOptions(name, options, names, argumentError);
  const { input, output, bias = true, tiedTo } = options;
  const kernel = tiedTo ?? `${name}/kernel`;
  const transposed = tiedTo !== undefined;
  const [reads, writes] = [[parseAxis(input, name)], [parseAxis(output, name)]];
  const biasName = bias ? `${name}/bias` : undefined;
  return {
    kind: 'dense',
    name,
    states: {},
    draws: 0,
    kernel,
    transposed,
    ...(biasName === undefined ? {} : { bias: biasName }),
    weights: {
      [kernel]: transposed
        ? weightExpression(writes, '<-', reads)
        : weightExpression(reads, '->', writes),
      ...(biasName === undefined ? {} : { [biasName]: weightExpression([], '->', writes) }),
    },
    apply(weights, x) {
      const shift =
        biasName === undefined ? undefined : weightOf<Tensor1D>(weights, name, biasName);
      const outputs = dense(x, weightOf<Tensor2D>(weights, name, kernel), shift, { transposed });
      return { outputs, state: stateless };
    },
  };
}
