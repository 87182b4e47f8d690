import {
  concat,
  reshape,
  slice,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  dense,
  embedding,
  rhn,
  variationalDropout,
  variationalMask,
  wordDropout,
} from '@secateur/cells';
import { rhnStepLayersModel } from '@secateur/pruner/tfjs';
import type { Network } from './network.ts';

/** Settings of {@link rhnNetwork}; the probabilities that something stays count in training only. */
export interface RhnSettings {
  readonly transformBias: number;
  /** Of whole words. */
  readonly keepWords?: number;
  /** Of features of the network's input. */
  readonly keepInput?: number;
  /** Of entries of the state, as the recurrent products read it. */
  readonly keepState?: number;
  /** Of features of the network's output. */
  readonly keepOutput?: number;
}

/**
 * A Recurrent Highway Network over the weights of `rhnLanguageModelLayout`, whose embedding is also its softmax
 * ("Variational RHN + WT", Zilly et al. 2017). All dropout is variational: one mask a row of the window.
 */
export function rhnNetwork(settings: RhnSettings): Network {
  const { transformBias, keepWords = 1, keepInput = 1, keepState = 1, keepOutput = 1 } = settings;
  return {
    modelType: 'rhn',
    zeroState: (weights, batch) => ({
      s: zeros([batch, weights['rhn/recurrent']!.shape[0]!]) as Tensor2D,
    }),
    stateDim: (name) => (name === 's' ? 'width' : undefined),
    forward(weights, words, state, dropping) {
      const table = weights['embedding'] as Tensor2D;
      const [batch, steps] = words.shape;
      const width = table.shape[1];
      let x = embedding(words, table);
      let mask: Tensor2D | undefined;
      if (dropping !== undefined) {
        const { seed } = dropping;
        if (keepWords < 1) x = wordDropout(x, dropping.words, keepWords, seed);
        if (keepInput < 1) x = variationalDropout(x, keepInput, seed + 1);
        if (keepState < 1) mask = variationalMask(batch, width, keepState, seed + 2);
      }
      const { outputs, state: after } = rhn(
        x,
        {
          kernel: weights['rhn/kernel'] as Tensor2D,
          recurrent: weights['rhn/recurrent'] as Tensor2D,
          bias: weights['rhn/bias'] as Tensor1D,
        },
        state['s'],
        { transformBias, mask },
      );
      const dropped =
        dropping === undefined || keepOutput === 1
          ? outputs
          : variationalDropout(outputs, keepOutput, dropping.seed + 3);
      const flat = reshape(dropped, [batch * steps, width]);
      const bias = weights['softmax/bias'] as Tensor1D;
      const logits = dense(flat, table, bias, { transposed: true });
      return { logits: logits as Tensor2D, state: { s: after } };
    },
    stockModel: (weights, layout) => rhnStepLayersModel(weights, layout, { transformBias }),
    stockLogits(model, words) {
      const [batch, steps] = words.shape;
      let state: Tensor = zeros([batch, model.outputs[1]!.shape[1]!]);
      const logits: Tensor[] = [];
      for (let step = 0; step < steps; step++) {
        const word = slice(words, [0, step], [batch, 1]);
        const [next, after] = model.predict([word, state]) as [Tensor, Tensor];
        logits.push(reshape(next, [batch, 1, next.shape[1]!]));
        state = after;
      }
      return concat(logits, 1);
    },
  };
}
