// The network: an embedding, an LSTM and a softmax over the characters.
import { reshape, tensor, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { dense, embedding, glorotWeights, lstm } from '@secateur/cells';
import { layoutShapes, stackedLstmLayout, type Layout, type Weights } from '@secateur/groups';

/** Which dimension each axis of each weight has: all that pruning has to know. `h1` are the units of the LSTM. */
export const layoutOf = (vocab: number, units: number): Layout =>
  stackedLstmLayout({ vocab, embed: 32, hidden: [units] });

/** First weights by name: matrices uniform (Glorot and Bengio 2010), biases 0. */
export function firstWeights(layout: Layout, seed: number): Weights {
  const init = glorotWeights({ seed });
  return Object.fromEntries(
    Object.entries(layoutShapes(layout)).map(([name, shape]) => [name, init(name, shape)]),
  );
}

/** Weights as tensors of the same names. */
export function tensorsOf(weights: Weights): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tensor(data, [...shape])]),
  );
}

/**
 * Logits of the characters that follow `inputs [rows, steps]`, `[rows * steps, vocab]`. The sizes are those of the weights, so it
 * runs the whole network and the pruned one alike.
 */
export function logitsOf(weights: Readonly<Record<string, Tensor>>, inputs: Tensor2D): Tensor2D {
  const { outputs } = lstm(embedding(inputs, weights['embedding'] as Tensor2D), {
    kernel: weights['lstm1/kernel'] as Tensor2D,
    recurrent: weights['lstm1/recurrent'] as Tensor2D,
    bias: weights['lstm1/bias'] as Tensor1D,
  });
  const flat = reshape(outputs, [-1, outputs.shape[2]]);
  const { 'softmax/kernel': kernel, 'softmax/bias': bias } = weights;
  return dense(flat, kernel as Tensor2D, bias as Tensor1D) as Tensor2D;
}
