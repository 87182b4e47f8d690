import { reshape, zeros, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { dense, dropout, embedding, lstm } from '@secateur/cells';
import { stackedLstmLayersModel } from '@secateur/pruner/tfjs';
import type { NamedTensors, Network, State } from './network.ts';

/** Order of the gate blocks in every kernel: that of Keras and PyTorch. */
export const GATES = 'ifgo';

/** Settings of {@link stackedLstm}. */
export interface StackedLstmSettings {
  readonly forgetBias: number;
  /** Probability that a value stays, in training. */
  readonly keep?: number;
}

/**
 * Stacked LSTMs over the weights of `stackedLstmLayout`. Dropout is on the embedding's output and on every layer's output,
 * never on the recurrence (Zaremba et al. 2014).
 */
export function stackedLstm({ forgetBias, keep = 1 }: StackedLstmSettings): Network {
  return {
    modelType: 'stacked-lstm',
    zeroState,
    stateDim: (name) => (/^[hc]\d+$/.test(name) ? `h${name.slice(1)}` : undefined),
    forward(weights, words, state, dropping) {
      const drop = <T extends Tensor>(x: T, place: number): T =>
        dropping === undefined || keep === 1 ? x : (dropout(x, keep, dropping.seed + place) as T);
      let x = drop(embedding(words, weights['embedding'] as Tensor2D), 0);
      const after: Record<string, Tensor2D> = {};
      for (let layer = 1; layer <= layerCount(weights); layer++) {
        const result = lstm(
          x,
          {
            kernel: weights[`lstm${layer}/kernel`] as Tensor2D,
            recurrent: weights[`lstm${layer}/recurrent`] as Tensor2D,
            bias: weights[`lstm${layer}/bias`] as Tensor1D,
          },
          { h: state[`h${layer}`]!, c: state[`c${layer}`]! },
          { gates: GATES, forgetBias },
        );
        x = drop(result.outputs, layer);
        after[`h${layer}`] = result.state.h;
        after[`c${layer}`] = result.state.c;
      }
      const [batch, steps, units] = x.shape;
      const flat = reshape(x, [batch * steps, units]);
      const [kernel, bias] = [weights['softmax/kernel'], weights['softmax/bias']];
      const logits = dense(flat, kernel as Tensor2D, bias as Tensor1D);
      return { logits: logits as Tensor2D, state: after };
    },
    stockModel: (weights, layout) =>
      stackedLstmLayersModel(weights, layout, { gates: GATES, forgetBias }),
    stockLogits: (model, words) => model.predict(words) as Tensor,
  };
}

function zeroState(weights: NamedTensors, batch: number): State {
  const state: Record<string, Tensor2D> = {};
  for (let layer = 1; layer <= layerCount(weights); layer++) {
    const units = weights[`lstm${layer}/recurrent`]!.shape[0]!;
    state[`h${layer}`] = zeros([batch, units]);
    state[`c${layer}`] = zeros([batch, units]);
  }
  return state;
}

function layerCount(weights: Readonly<Record<string, unknown>>): number {
  let layers = 0;
  while (`lstm${layers + 1}/kernel` in weights) layers++;
  return layers;
}
