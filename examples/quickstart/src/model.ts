// The network: an embedding, an LSTM and a softmax over the characters.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  denseLayer,
  embeddingLayer,
  lstmLayer,
  sequence,
  type NamedTensors,
} from '@secateur/cells';
import type { Layout, Weights } from '@secateur/groups';

/** The layers, each with the dimensions that its weights read and write: all that pruning has to know. */
const net = sequence(
  embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
  lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
  denseLayer('softmax', { input: 'h1', output: 'vocab' }),
);

const sizes = (vocab: number, units: number) => ({ vocab, embed: 32, h1: units });

/** Which dimension each axis of each weight has; `h1` are the units of the LSTM. */
export const layoutOf = (vocab: number, units: number): Layout => net.layout(sizes(vocab, units));

/** First weights by name: matrices uniform (Glorot and Bengio 2010), biases 0. */
export const firstWeights = (vocab: number, units: number, seed: number): Weights =>
  net.init(sizes(vocab, units), seed);

/**
 * Logits of the characters that follow `inputs [rows, steps]`, `[rows, steps, vocab]`. The sizes are those of the weights, so it
 * runs the whole network and the pruned one alike.
 */
export const logitsOf = (weights: NamedTensors, inputs: Tensor2D): Tensor =>
  net.apply(weights, inputs).outputs;
