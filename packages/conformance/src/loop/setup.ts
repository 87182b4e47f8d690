import {
  denseLayer,
  embeddingLayer,
  lstmLayer,
  sequence,
  uniformWeights,
  type Network,
} from '@secateur/cells';
import { issGroups, type Layout, type Weights } from '@secateur/groups';

/** Sizes of the tiny language model: no two alike, so that a mix-up of axes cannot go unseen. */
export const model = { vocab: 12, embed: 7, hidden: [9, 6], batch: 4, time: 5 } as const;

/** Its layers. */
export const net: Network = sequence(
  embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
  lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
  lstmLayer('lstm2', { input: 'h1', units: 'h2' }),
  denseLayer('softmax', { input: 'h2', output: 'vocab' }),
);

const { vocab, embed, hidden } = model;
const dims = { vocab, embed, h1: hidden[0], h2: hidden[1] };

/** Where each dimension of the model appears. */
export const layout: Layout = net.layout(dims);

/** How the loop trains. */
export interface LoopOptions {
  /** How groups are driven to zero. */
  readonly penalty: 'subgradient' | 'proximal';
  /** Strength of the penalty. */
  readonly lambda: number;
  /** Every `|w|` below it becomes 0 after each step. */
  readonly threshold: number;
  /** Largest norm of the gradient. */
  readonly clipNorm: number;
  /** Learning rate of plain gradient descent. */
  readonly learningRate: number;
  /** Steps of training. */
  readonly steps: number;
  /** Seed of the first weights. */
  readonly seed: number;
}

// Of the first forty seeds all let the small components die; with this one the loss also falls most, so that the loop learns.
const common = { clipNorm: 5, learningRate: 0.4, steps: 30, seed: 6 };

/** Settings under which some components die early and others stay far from it; test/reference.test.ts checks both. */
export const loops: readonly LoopOptions[] = [
  { ...common, penalty: 'subgradient', lambda: 0.05, threshold: 0.02 },
  { ...common, penalty: 'proximal', lambda: 0.1, threshold: 0.001 },
];

/** Added to the squared norm inside the root of the penalty. */
export const epsilon = 1e-8;

/** The first weights: uniform, biases 0, and every third hidden component small, so that it dies first. */
export function firstWeights(seed: number): Weights {
  const weights = net.init(dims, uniformWeights({ min: -0.7, max: 0.7, seed }));
  for (const { count, slices } of issGroups(layout)) {
    for (const { weight, axis, start } of slices) {
      const { shape, data } = weights[weight]!;
      data.forEach((_, at) => {
        const component = (axis === 0 ? Math.floor(at / shape[1]!) : at % shape[1]!) - start;
        if (component >= 0 && component < count && component % 3 === 2) data[at]! *= 0.1;
      });
    }
  }
  return weights;
}

/** The words of one step and those that follow them, `[batch, time]` row by row: every sequence reads on. */
export function windowOf(step: number): { inputs: Int32Array; targets: Int32Array } {
  const { batch, time, vocab } = model;
  // A cycle through all words with a step of five: simple enough to learn something of it in 30 steps.
  const text = (row: number, at: number): number => (5 * (row * 3 + at)) % vocab;
  const words = (shift: number): Int32Array =>
    Int32Array.from({ length: batch * time }, (_, i) =>
      text(Math.floor(i / time), step * time + (i % time) + shift),
    );
  return { inputs: words(0), targets: words(1) };
}
