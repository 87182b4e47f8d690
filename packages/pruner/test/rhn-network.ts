import type { Weights } from '@secateur/groups';
import { rhnReference } from '@secateur/testing';
import { lookUp } from './random-network.ts';

/** Logits `[sentences * time, vocab]` of a Recurrent Highway Network with a tied embedding, in float64. */
export function rhnLogits(
  weights: Weights,
  sentences: readonly (readonly number[])[],
  transformBias = 0,
): Float64Array {
  const { data: table, shape } = weights['embedding']!;
  const [vocab, width] = shape as [number, number];
  const ids = sentences.flat();
  const y = rhnReference({
    x: lookUp(weights['embedding']!, ids),
    kernel: weights['rhn/kernel']!.data,
    recurrent: weights['rhn/recurrent']!.data,
    bias: weights['rhn/bias']!.data,
    batch: sentences.length,
    time: ids.length / sentences.length,
    input: width,
    units: width,
    depth: weights['rhn/bias']!.data.length / (2 * width),
    transformBias,
  });
  return Float64Array.from({ length: ids.length * vocab }, (_, i) => {
    let sum = weights['softmax/bias']!.data[i % vocab]!;
    for (let k = 0; k < width; k++) {
      sum += y[Math.floor(i / vocab) * width + k]! * table[(i % vocab) * width + k]!;
    }
    return sum;
  });
}
