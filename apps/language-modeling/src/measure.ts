import { dispose, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { benchInterleaved } from '@secateur/app';
import type { NamedTensors } from '@secateur/cells';
import type { LanguageModel } from './network/network.ts';

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

/** Median milliseconds of a forward pass with the softmax's logits, for several networks of one vocabulary in turn. */
export async function timeForward(
  candidates: readonly { readonly network: LanguageModel; readonly weights: NamedTensors }[],
): Promise<number[]> {
  const { batch, steps } = TIMED_BATCH;
  const vocab = candidates[0]!.weights['embedding']!.shape[0]!;
  const words = tensor2d(probeWords(vocab), [batch, steps], 'int32') as Tensor2D;
  const states = candidates.map(({ network, weights }) => network.net.zeroState(weights, batch));
  const times = await benchInterleaved(
    candidates.map(({ network, weights }, index) => async () => {
      const logits = tidy(() => network.forward(weights, words, states[index]!).logits);
      await logits.data();
      logits.dispose();
    }),
  );
  dispose([words, ...states.flatMap((state) => Object.values(state))]);
  return times;
}
