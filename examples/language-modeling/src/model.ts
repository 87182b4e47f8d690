import {
  reshape,
  tensor,
  variable,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { dense, dropout, embedding, lstm, uniform, type LstmState } from '@whittle/cells';
import { layoutShapes, type Layout, type Weights } from '@whittle/groups';
import { stepSeed } from '@whittle/training';

/** Variables or tensors by the names of a stacked LSTM's layout: `embedding`, `lstm1/kernel` ..., `softmax/bias`. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Order of the gate blocks in every kernel: that of Keras and PyTorch. */
export const GATES = 'ifgo';

/** How the forward pass drops values out; without it nothing is dropped. */
export interface Dropping {
  /** Probability that a value stays. */
  readonly keep: number;
  /** Seed of this step's masks. */
  readonly seed: number;
}

/**
 * Draws every weight of a layout uniformly in ±init, biases of the LSTM and the softmax included at zero, as the
 * original does. Each weight has a seed of its own, so that a weight's values do not depend on the others' sizes.
 */
export function initialWeights(layout: Layout, options: { init: number; seed: number }): Weights {
  const entries = Object.entries(layoutShapes(layout)).map(([name, shape], index) => {
    const data = name.endsWith('/bias')
      ? new Float32Array(shape.reduce((a, b) => a * b, 1))
      : uniform(shape, {
          min: -options.init,
          max: options.init,
          seed: stepSeed(options.seed, index, 'weights'),
        }).data;
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}

/** Turns typed arrays into tensors of the same names. */
export function tensorsOf(weights: Weights): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tensor(data, [...shape])]),
  );
}

/** Turns typed arrays into variables of the same names, by which optimizers know them. */
export function variablesOf(weights: Weights): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(tensorsOf(weights)).map(([name, value]) => {
      const made = variable(value, true, name);
      value.dispose();
      return [name, made];
    }),
  );
}

/** Number of LSTM layers that a set of weights has. */
export function layerCount(weights: Readonly<Record<string, unknown>>): number {
  let layers = 0;
  while (`lstm${layers + 1}/kernel` in weights) layers++;
  return layers;
}

/** A state of zeros, `[batch, units]` for each layer. */
export function zeroState(weights: NamedTensors, batch: number): LstmState[] {
  return Array.from({ length: layerCount(weights) }, (_, layer) => {
    const units = weights[`lstm${layer + 1}/recurrent`]!.shape[0]!;
    return { h: zeros([batch, units]) as Tensor2D, c: zeros([batch, units]) as Tensor2D };
  });
}

/**
 * Reads words `[batch, steps]` and gives the logits of the next ones, `[batch * steps, vocab]`, with the state after
 * the last step. Dropout is on the embedding's output and on every layer's output, never on the recurrence
 * (Zaremba et al. 2014).
 */
export function forward(
  weights: NamedTensors,
  words: Tensor2D,
  state: readonly LstmState[],
  options: { readonly forgetBias: number; readonly dropping?: Dropping | undefined },
): { readonly logits: Tensor2D; readonly state: LstmState[] } {
  const { dropping } = options;
  const drop = <T extends Tensor>(x: T, place: number): T =>
    dropping === undefined ? x : (dropout(x, dropping.keep, dropping.seed + place) as T);
  let x = drop(embedding(words, weights['embedding'] as Tensor2D), 0);
  const after = state.map((before, layer) => {
    const name = `lstm${layer + 1}`;
    const result = lstm(
      x,
      {
        kernel: weights[`${name}/kernel`] as Tensor2D,
        recurrent: weights[`${name}/recurrent`] as Tensor2D,
        bias: weights[`${name}/bias`] as Tensor1D,
      },
      before,
      { gates: GATES, forgetBias: options.forgetBias },
    );
    x = drop(result.outputs, layer + 1);
    return result.state;
  });
  const [batch, steps, units] = x.shape;
  const flat = reshape(x, [batch * steps, units]) as Tensor2D;
  const logits = dense(
    flat,
    weights['softmax/kernel'] as Tensor2D,
    weights['softmax/bias'] as Tensor1D,
  );
  return { logits: logits as Tensor2D, state: after };
}
