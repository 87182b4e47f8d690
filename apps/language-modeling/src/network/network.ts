import { concat, reshape, slice, zeros, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedStates, NamedTensors, Network, Training } from '@secateur/cells';

/** A language model: its layers, with its settings in them; the weights are always handed in. */
export interface LanguageModel {
  /** Name of its kind in a model directory. */
  readonly modelType: string;
  /** Its layers, from words `[batch, steps]` to logits. */
  readonly net: Network;
  /**
   * Reads words `[batch, steps]` and gives the logits of the next ones, `[batch * steps, vocab]`, with the state after
   * the last step. Without `training` nothing is dropped.
   */
  forward(
    weights: NamedTensors,
    words: Tensor2D,
    state: NamedStates,
    training?: Training,
  ): { readonly logits: Tensor2D; readonly state: NamedStates };
}

/** The language model of these layers. */
export function languageModel(modelType: string, net: Network): LanguageModel {
  return {
    ...{ modelType, net },
    forward(weights, words, state, training) {
      const given = training === undefined ? { state } : { state, training };
      const applied = net.apply(weights, words, given);
      const [batch, steps, vocab] = applied.outputs.shape as [number, number, number];
      return { logits: reshape(applied.outputs, [batch * steps, vocab]), state: applied.state };
    },
  };
}

/**
 * The logits `[batch, steps, vocab]` that a stock model gives from a state of zeros. One that takes states is a model of one
 * step, which is called for each word.
 */
export function stockLogits(model: LayersModel, words: Tensor2D): Tensor {
  if (model.inputs.length === 1) return model.predict(words) as Tensor;
  const [batch, steps] = words.shape;
  let states: Tensor[] = model.inputs.slice(1).map(({ shape }) => zeros([batch, shape[1]!]));
  const logits: Tensor[] = [];
  for (let step = 0; step < steps; step++) {
    const word = slice(words, [0, step], [batch, 1]);
    const [next, ...after] = model.predict([word, ...states]) as Tensor[];
    logits.push(reshape(next!, [batch, 1, next!.shape[1]!]));
    states = after;
  }
  return concat(logits, 1);
}
