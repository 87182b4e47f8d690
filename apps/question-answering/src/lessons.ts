import { dispose, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { weightTensors } from '@secateur/cells';
import type { Weights } from '@secateur/groups';
import { makeBatch, planBatches, type Batch } from './data/batches.ts';
import type { Example } from './data/examples.ts';
import type { AnswerOptions } from './evaluate.ts';
import { NEVER } from './network/attention.ts';
import type { SpanLogits } from './network/bidaf.ts';
import { spanLogits } from './step.ts';

/** What a teacher says of each example: the logits of the first and of the last token, one for each token of the context. */
export type Lessons = ReadonlyMap<
  Example,
  { readonly start: Float32Array; readonly end: Float32Array }
>;

/**
 * Has a teacher read all examples once, without dropout. Its logits take 8 bytes for each token of a context, and a pass in every
 * training step would cost a third of the step or more. The batches do not depend on a seed, so that a run that goes on gets
 * the same bits.
 */
export async function lessonsOf(
  weights: Weights,
  examples: readonly Example[],
  { batch, fixed }: AnswerOptions,
): Promise<Lessons> {
  const tensors = weightTensors(weights);
  const lessons = new Map<Example, { start: Float32Array; end: Float32Array }>();
  for (const some of planBatches(examples, batch)) {
    const { context, question } = makeBatch(some);
    const [starts, ends] = await spanLogits(tensors, { context, question }, fixed);
    some.forEach((example, row) => {
      const first = row * context.time;
      const last = first + context.lengths[row]!;
      lessons.set(example, { start: starts.slice(first, last), end: ends.slice(first, last) });
    });
  }
  dispose(tensors);
  return lessons;
}

/** The logits of a batch's examples, `[batch, time]` each, padded as the network pads its own. */
export function lessonOf(lessons: Lessons, { examples, context: { time } }: Batch): SpanLogits {
  const padded = (pointer: keyof SpanLogits): Tensor2D => {
    const values = new Float32Array(examples.length * time).fill(NEVER);
    examples.forEach((example, row) => values.set(lessons.get(example)![pointer], row * time));
    return tensor2d(values, [examples.length, time]);
  };
  return { start: padded('start'), end: padded('end') };
}
