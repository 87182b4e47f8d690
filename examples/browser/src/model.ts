import {
  reshape,
  tensor,
  tensor2d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { dense, embedding, lstm, uniformWeights } from '@secateur/cells';
import { layoutShapes, stackedLstmLayout, type Layout, type Weights } from '@secateur/groups';

/** Words, components of the embedding and of the two layers. */
export const layout: Layout = stackedLstmLayout({ vocab: 12, embed: 8, hidden: [16, 12] });

const batch = 8;
const time = 6;

/** First weights: uniform, biases 0, the same in every run. */
export function firstWeights(): Weights {
  const init = uniformWeights({ min: -0.5, max: 0.5, seed: 1 });
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

/** Words of one step, `[batch, time]`, and those that follow them, `[batch * time]`: a cycle in steps of five. */
export function windowOf(step: number): { words: Tensor2D; next: Tensor1D } {
  const at = (i: number): number => Math.floor(i / time) * 7 + step * time + (i % time);
  const cycle = (shift: number): Int32Array =>
    Int32Array.from({ length: batch * time }, (_, i) => (5 * (at(i) + shift)) % 12);
  return {
    words: tensor2d(cycle(0), [batch, time], 'int32'),
    next: tensor(cycle(1), [batch * time], 'int32') as Tensor1D,
  };
}

/** Logits of the words that follow, `[batch * time, vocab]`. */
export function logitsOf(weights: Readonly<Record<string, Tensor>>, words: Tensor2D): Tensor2D {
  let x = embedding(words, weights['embedding'] as Tensor2D);
  for (const layer of ['lstm1', 'lstm2']) {
    x = lstm(x, {
      kernel: weights[`${layer}/kernel`] as Tensor2D,
      recurrent: weights[`${layer}/recurrent`] as Tensor2D,
      bias: weights[`${layer}/bias`] as Tensor1D,
    }).outputs;
  }
  const rows = reshape(x, [batch * time, x.shape[2]]);
  const { 'softmax/kernel': kernel, 'softmax/bias': bias } = weights;
  return dense(rows, kernel as Tensor2D, bias as Tensor1D) as Tensor2D;
}
