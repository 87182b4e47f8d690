import { setImmediate as signals } from 'node:timers/promises';
import { dispose, mean, tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, type NamedTensors, type NamedStates } from '@secateur/cells';
import { batchReader } from './data/batches.ts';
import type { LanguageModel } from './network/network.ts';
import { keepState } from './network/state.ts';

/** Where a perplexity was measured and how. */
export interface Perplexity {
  readonly perplexity: number;
  /** Mean cross-entropy a word, in nats. */
  readonly loss: number;
  readonly words: number;
}

/** What the measurement of a perplexity needs besides weights and text. */
export interface PerplexityOptions {
  readonly batch: number;
  readonly steps: number;
}

/**
 * Perplexity of a text with the state carried from window to window. The tail that fills no window is dropped, as the
 * original does for its validation text; `batch: 1` with {@link testPerplexity} drops none.
 */
export async function perplexity(
  network: LanguageModel,
  weights: NamedTensors,
  ids: Int32Array,
  options: PerplexityOptions,
): Promise<Perplexity> {
  const reader = batchReader(ids, options.batch, options.steps);
  let total = 0;
  let state = network.net.zeroState(weights, options.batch);
  for (let i = 0; i < reader.windows; i++) {
    // An epoch ends with this: a second Ctrl-C is heard here too.
    await signals();
    const { inputs, targets } = reader.window(i);
    const step = await windowLoss(
      network,
      weights,
      inputs,
      targets,
      [options.batch, options.steps],
      state,
    );
    dispose(state as never);
    state = step.state;
    total += step.loss;
  }
  dispose(state as never);
  return summary(total, reader.windows, reader.windows * options.batch * options.steps);
}

/**
 * Perplexity of a text read as one row from its first word to its last, as the original tests (batch 1, one step at
 * a time). Longer windows with carried state compute the same sum, only faster; the last window takes what is left.
 */
async function testPerplexity(
  network: LanguageModel,
  weights: NamedTensors,
  ids: Int32Array,
  options: { readonly window?: number } = {},
): Promise<Perplexity> {
  const length = options.window ?? 250;
  let total = 0;
  let words = 0;
  let state = network.net.zeroState(weights, 1);
  for (let start = 0; start + 1 < ids.length; start += length) {
    const steps = Math.min(length, ids.length - 1 - start);
    const step = await windowLoss(
      network,
      weights,
      ids.slice(start, start + steps),
      ids.slice(start + 1, start + steps + 1),
      [1, steps],
      state,
    );
    dispose(state as never);
    state = step.state;
    total += step.loss * steps;
    words += steps;
  }
  dispose(state as never);
  return summary(total, words, words);
}

async function windowLoss(
  network: LanguageModel,
  weights: NamedTensors,
  inputs: Int32Array,
  targets: Int32Array,
  shape: [number, number],
  state: NamedStates,
): Promise<{ loss: number; state: NamedStates }> {
  let after: NamedStates = {};
  const loss = tidy(() => {
    const result = network.forward(weights, tensor2d(inputs, shape, 'int32') as Tensor2D, state);
    after = keepState(result.state);
    return mean(softmaxCrossEntropy(result.logits, tensor1d(targets, 'int32')));
  });
  const value = (await loss.data())[0]!;
  loss.dispose();
  return { loss: value, state: after };
}

function summary(total: number, weight: number, words: number): Perplexity {
  const loss = total / weight;
  return { perplexity: Math.exp(loss), loss, words };
}

/** The perplexities on the validation text and on the test text, each measured in its own way. */
export async function perplexities(
  network: LanguageModel,
  weights: NamedTensors,
  { valid, test }: { readonly valid: Int32Array; readonly test: Int32Array },
  options: PerplexityOptions,
): Promise<{ valid: number; test: number }> {
  return {
    valid: (await perplexity(network, weights, valid, options)).perplexity,
    test: (await testPerplexity(network, weights, test)).perplexity,
  };
}
