import { dispose, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors, Network, State } from './network/network.ts';

/** The shape of batch that the paper times: 10 rows of 30 words (Wen et al. 2018, Table 1). */
export const TIMED_BATCH = { batch: 10, steps: 30 };

/** A batch of words that covers the vocabulary evenly, for comparing two networks without a text. */
export function probeWords(vocab: number): Int32Array {
  // A step that shares no factor with most sizes, so that neighbours differ.
  return Int32Array.from(
    { length: TIMED_BATCH.batch * TIMED_BATCH.steps },
    (_, i) => (i * 7919) % vocab,
  );
}

/**
 * Median milliseconds of a forward pass with the softmax's logits, for several sets of weights in turn, so that a machine that
 * slows down meanwhile slows all of them. One pass of each is run before and not counted.
 */
export async function timeForward(
  network: Network,
  candidates: readonly NamedTensors[],
  options: { readonly rounds?: number } = {},
): Promise<number[]> {
  const { batch, steps } = TIMED_BATCH;
  const rounds = options.rounds ?? 15;
  const vocab = candidates[0]!['embedding']!.shape[0]!;
  const words = tensor2d(probeWords(vocab), [batch, steps], 'int32') as Tensor2D;
  const states = candidates.map((weights) => network.zeroState(weights, batch));
  const times = candidates.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, weights] of candidates.entries()) {
      const start = performance.now();
      await pass(network, weights, words, states[index]!);
      if (round > 0) times[index]!.push(performance.now() - start);
    }
  }
  dispose([words, ...states.flatMap((state) => Object.values(state))]);
  return times.map(median);
}

async function pass(
  network: Network,
  weights: NamedTensors,
  words: Tensor2D,
  state: State,
): Promise<void> {
  const logits = tidy(() => network.forward(weights, words, state).logits);
  await logits.data();
  logits.dispose();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
