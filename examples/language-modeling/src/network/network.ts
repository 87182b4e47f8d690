import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Layout, Weights } from '@secateur/groups';

/** Variables or tensors by the names of a layout: `embedding`, `lstm1/kernel` ..., `softmax/bias`. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** What a network carries from one window to the next, `[batch, units]` each, by name. */
export type State = Readonly<Record<string, Tensor2D>>;

/** What the masks of one training step are drawn from; without it nothing is dropped. */
export interface Dropping {
  /** Seed of this step's masks. */
  readonly seed: number;
  /** The words of the window, row by row, for masks that drop whole words. */
  readonly words: Int32Array;
}

/** A kind of language model, with its settings; the weights are always handed in. */
export interface Network {
  /** Name of its kind in a model directory. */
  readonly modelType: string;
  /** A state of zeros. */
  zeroState(weights: NamedTensors, batch: number): State;
  /** The dimension of the units of a part of its state; undefined for a name of no such part. */
  stateDim(name: string): string | undefined;
  /**
   * Reads words `[batch, steps]` and gives the logits of the next ones, `[batch * steps, vocab]`, with the state after
   * the last step.
   */
  forward(
    weights: NamedTensors,
    words: Tensor2D,
    state: State,
    dropping?: Dropping,
  ): { readonly logits: Tensor2D; readonly state: State };
  /** A stock model of the same weights, which plain TensorFlow.js loads. */
  stockModel(weights: Weights, layout: Layout): LayersModel;
  /** The logits that a stock model gives from a state of zeros, in the order of `forward`. */
  stockLogits(model: LayersModel, words: Tensor2D): Tensor;
}
