import type { Tensor2D } from '@tensorflow/tfjs-core';
import { parseAxis, weightExpression } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { checkRate } from '../check.ts';
import { embedding } from '../embedding.ts';
import { argumentError } from '../error.ts';
import { wordDropout } from '../variational-dropout.ts';
import { stateless, weightOf, type Layer } from './layer.ts';

/** Options of {@link embeddingLayer}. */
export interface EmbeddingLayerOptions {
  /** The dimension that is looked up, for instance `vocab`. */
  readonly vocab: string;
  /** The dimension of its outputs, for instance `embed`. */
  readonly width: string;
  /** Probability that a word is dropped in training, at all its places in a sequence; by default none is. */
  readonly wordDropout?: number;
}

/**
 * A table `[vocab, width]` called `name`: ids `[batch, time]` int32 in, `[batch, time, width]` out.
 *
 * @throws {@link CellError} when `wordDropout` is not at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { embeddingLayer, sequence, weightTensors } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const net = sequence(embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }));
 * const weights = net.init({ vocab: 10, embed: 4 }, 1);
 * weights['embedding']?.shape; // => [10, 4]
 * const ids = tensor2d([[7, 0, 7]], [1, 3], 'int32');
 * tidy(() => net.apply(weightTensors(weights), ids).outputs.shape); // => [1, 3, 4]
 * ids.dispose();
 * ```
 */
export function embeddingLayer(name: string, options: EmbeddingLayerOptions): Layer {
  checkOptions(name, options, { vocab: true, width: true, wordDropout: true }, argumentError);
  const { vocab, width, wordDropout: rate } = options;
  if (rate !== undefined) checkRate(name, rate, 'wordDropout');
  const [rows, columns] = [[parseAxis(vocab, name)], [parseAxis(width, name)]];
  return {
    kind: 'embedding',
    name,
    states: {},
    draws: rate === undefined ? 0 : 1,
    weights: { [name]: weightExpression(rows, '->', columns, { lookup: true }) },
    apply(weights, x, { training } = {}) {
      const outputs = embedding(x as Tensor2D, weightOf(weights, name, name));
      if (training === undefined || rate === undefined || rate === 0)
        return { outputs, state: stateless };
      if (training.ids === undefined) {
        throw argumentError(
          `${name}: expected the words of the step in training.ids, found none; dropping whole words needs them.`,
        );
      }
      return {
        outputs: wordDropout(outputs, training.ids, rate, training.seed),
        state: stateless,
      };
    },
  };
}
