import { tensor2d, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  denseLayer,
  embeddingLayer,
  lstmLayer,
  sequence,
  uniformWeights,
  type NamedTensors,
} from '@secateur/cells';
import type { Layout, Weights } from '@secateur/groups';

/** Two LSTMs between an embedding and a softmax. */
const net = sequence(
  embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
  lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
  lstmLayer('lstm2', { input: 'h1', units: 'h2' }),
  denseLayer('softmax', { input: 'h2', output: 'vocab' }),
);

/** Words, components of the embedding and of the two layers. */
const dims = { vocab: 12, embed: 8, h1: 16, h2: 12 };

/** Which dimensions the weights read and write. */
export const layout: Layout = net.layout(dims);

const batch = 8;
const time = 6;

/** First weights: uniform, biases 0, the same in every run. */
export const firstWeights = (): Weights =>
  net.init(dims, uniformWeights({ min: -0.5, max: 0.5, seed: 1 }));

/** Words of one step, `[batch, time]`, and those that follow them, `[batch, time]`: a cycle in steps of five. */
export function windowOf(step: number): { words: Tensor2D; next: Tensor2D } {
  const at = (i: number): number => Math.floor(i / time) * 7 + step * time + (i % time);
  const cycle = (shift: number): Int32Array =>
    Int32Array.from({ length: batch * time }, (_, i) => (5 * (at(i) + shift)) % 12);
  return {
    words: tensor2d(cycle(0), [batch, time], 'int32'),
    next: tensor2d(cycle(1), [batch, time], 'int32'),
  };
}

/** Logits of the words that follow, `[batch, time, vocab]`. */
export const logitsOf = (weights: NamedTensors, words: Tensor2D): Tensor =>
  net.apply(weights, words).outputs;
