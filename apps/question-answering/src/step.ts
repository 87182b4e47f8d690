import {
  dispose,
  tensor2d,
  type Scalar,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import type { Batch, TextBatch } from './data/batches.ts';
import { bidaf, type BidafInputs } from './network/bidaf.ts';
import type { Dropping } from './network/drop.ts';
import { spanLoss, type Lesson } from './network/loss.ts';
import type { Tokens } from './network/tokens.ts';
import type { NamedTensors } from '@secateur/cells';

/** Puts a batch on the backend, calls `use` with it and takes it off again. */
async function withBatch<T>(
  batch: Pick<Batch, 'context' | 'question'>,
  fixed: Tensor2D | undefined,
  use: (inputs: BidafInputs) => Promise<T> | T,
): Promise<T> {
  const [context, question] = [tokensOf(batch.context), tokensOf(batch.question)];
  try {
    return await use({ context, question, fixed });
  } finally {
    for (const { words, spelling, spellings } of [context, question]) {
      dispose([words, spelling, spellings]);
    }
  }
}

/** The start and end logits of a batch, `[batch, time]` each, row by row. */
export function spanLogits(
  weights: NamedTensors,
  batch: Pick<Batch, 'context' | 'question'>,
  fixed: Tensor2D | undefined,
): Promise<[start: Float32Array, end: Float32Array]> {
  return withBatch(batch, fixed, async (inputs) => {
    const { start, end } = bidaf(weights, inputs);
    const values = await Promise.all([start.data<'float32'>(), end.data<'float32'>()]);
    dispose([start, end]);
    return values;
  });
}

function tokensOf(texts: TextBatch): Tokens {
  const { lengths, time, count, characters } = texts;
  const rows: [number, number] = [lengths.length, time];
  return {
    words: tensor2d(texts.words, rows, 'int32'),
    spelling: tensor2d(texts.spelling, rows, 'int32'),
    spellings: tensor2d(texts.spellings, [count, characters], 'int32'),
    lengths,
  };
}

/** How {@link trainStep} trains. */
interface StepOptions {
  readonly fixed: Tensor2D | undefined;
  readonly dropping: Dropping;
  /** What a teacher says of the batch; disposed after the step. */
  readonly lesson?: Lesson | undefined;
}

/** One step of training; returns the mean loss of the batch's questions in nats, without the penalty. */
export function trainStep(
  variables: Readonly<Record<string, Variable>>,
  optimizer: GroupLassoOptimizer,
  batch: Batch,
  { fixed, dropping, lesson }: StepOptions,
): Promise<number> {
  return withBatch(batch, fixed, async (inputs) => {
    const cost = optimizer.minimize(
      (): Scalar => spanLoss(bidaf(variables, inputs, dropping), batch, lesson),
      true,
      Object.values(variables),
    )!;
    if (lesson !== undefined) dispose({ ...lesson.logits });
    const [loss] = await cost.data<'float32'>();
    cost.dispose();
    return loss!;
  });
}
