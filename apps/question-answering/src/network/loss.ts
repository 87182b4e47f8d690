import { add, mean, tensor1d, type Scalar } from '@tensorflow/tfjs-core';
import { distillation, softmaxCrossEntropy, type DistillationOptions } from '@secateur/cells';
import type { SpanLogits } from './bidaf.ts';

/** Where the answers of a batch begin and end, in tokens of their contexts; the end is the last token's. */
export interface Spans {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** What a teacher says of a batch, and how much of the loss comes from it. */
export interface Lesson extends DistillationOptions {
  readonly logits: SpanLogits;
}

/**
 * Cross-entropy of the first and of the last token together, averaged over the batch, in nats; with a `lesson` part of each comes
 * from the teacher's probabilities. Places beyond a context's end, at -1e30 in both networks, have no part in it.
 */
export function spanLoss(student: SpanLogits, { starts, ends }: Spans, lesson?: Lesson): Scalar {
  const loss = (pointer: keyof SpanLogits, values: ArrayLike<number>) => {
    const labels = tensor1d(Int32Array.from(values), 'int32');
    if (lesson === undefined) return softmaxCrossEntropy(student[pointer], labels);
    const { logits, ...options } = lesson;
    return distillation(student[pointer], logits[pointer], labels, options);
  };
  return mean(add(loss('start', starts), loss('end', ends)));
}
