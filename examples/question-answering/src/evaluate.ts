import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import { makeBatch, planBatches } from './data/batches.ts';
import type { Example } from './data/examples.ts';
import { spanText } from './data/spans.ts';
import { bestSpan } from './network/best-span.ts';
import { bidaf } from './network/bidaf.ts';
import type { NamedTensors } from './network/weights.ts';
import { withBatch } from './step.ts';

/** Answers by question id. */
export type Predictions = ReadonlyMap<string, string>;

/** What answering questions needs beside weights and examples. */
export interface AnswerOptions {
  /** Questions read at once. */
  readonly batch: number;
  /** Vectors of words that are not trained. */
  readonly fixed?: Tensor2D | undefined;
}

/** The most probable answer to each question, as it stands in the context. */
export async function answer(
  weights: NamedTensors,
  examples: readonly Example[],
  { batch, fixed }: AnswerOptions,
): Promise<Predictions> {
  const predictions = new Map<string, string>();
  for (const some of planBatches(examples, batch)) {
    const made = makeBatch(some);
    const [starts, ends] = await withBatch(made, fixed, async (inputs) => {
      const { start, end } = bidaf(weights, inputs);
      const values = await Promise.all([start.data<'float32'>(), end.data<'float32'>()]);
      dispose([start, end]);
      return values;
    });
    const { time } = made.context;
    some.forEach(({ id, context }, row) => {
      const of = (logits: Float32Array) => logits.subarray(row * time, (row + 1) * time);
      const { start, end } = bestSpan(of(starts), of(ends), context.tokens.length);
      predictions.set(id, spanText(context.text, context.tokens, { first: start, last: end }));
    });
  }
  return predictions;
}
