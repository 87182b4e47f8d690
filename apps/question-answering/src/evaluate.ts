import { setImmediate as signals } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { planBatches, textBatch } from './data/batches.ts';
import type { Example } from './data/examples.ts';
import { spanText } from './data/spans.ts';
import { bestSpan } from './network/best-span.ts';
import type { NamedTensors } from '@secateur/cells';
import { spanLogits } from './step.ts';

/** Answers by question id. */
export type Predictions = ReadonlyMap<string, string>;

/** What answering questions needs beside weights and examples. */
export interface AnswerOptions {
  /** Questions read at once. */
  readonly batch: number;
  /** Vectors of words that are not trained. */
  readonly fixed?: Tensor2D | undefined;
}

/** An answer and where its context has it. */
export interface Located {
  readonly answer: string;
  /** First and one past the last UTF-16 unit in the context. */
  readonly start: number;
  readonly end: number;
  /** Probability that the network gives to this start and end. */
  readonly probability: number;
}

/** The most probable answer to each question, as it stands in the context. */
export async function answer(
  weights: NamedTensors,
  examples: readonly Example[],
  { batch, fixed }: AnswerOptions,
): Promise<Predictions> {
  const predictions = new Map<string, string>();
  for (const some of planBatches(examples, batch)) {
    // An epoch ends with this: a second Ctrl-C is heard here too.
    await signals();
    const located = await locateAll(weights, some, fixed);
    some.forEach(({ id }, row) => predictions.set(id, located[row]!.answer));
  }
  return predictions;
}

/** The most probable answer to one question. */
export async function locate(
  weights: NamedTensors,
  texts: Texts,
  fixed?: Tensor2D,
): Promise<Located> {
  const [located] = await locateAll(weights, [texts], fixed);
  return located!;
}

type Texts = Pick<Example, 'context' | 'question'>;

async function locateAll(
  weights: NamedTensors,
  texts: readonly Texts[],
  fixed: Tensor2D | undefined,
): Promise<Located[]> {
  const context = textBatch(texts.map((each) => each.context));
  const question = textBatch(texts.map((each) => each.question));
  const [starts, ends] = await spanLogits(weights, { context, question }, fixed);
  return texts.map(({ context: { text, tokens } }, row) => {
    const of = (logits: Float32Array) =>
      logits.subarray(row * context.time, (row + 1) * context.time);
    const { start: first, end: last, score } = bestSpan(of(starts), of(ends), tokens.length);
    return {
      answer: spanText(text, tokens, { first, last }),
      start: tokens[first]!.start,
      end: tokens[last]!.end,
      probability: Math.exp(score),
    };
  });
}
