import { concat, tensor, tensor2d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { uniform } from '@secateur/cells';
import { bidaf } from '../../../apps/question-answering/src/network/bidaf.ts';
import type { PublishedRow } from '../../../apps/question-answering/src/network/published.ts';
import type { Tokens } from '../../../apps/question-answering/src/network/tokens.ts';
import { startAny, type AnyBackend } from '../backend.ts';
import { prepareForwards } from '../process/forward-passes.ts';
import type { Job, Prepared } from '../process/job.ts';
import {
  CHARACTERS,
  CHARS,
  CONTEXT,
  FIXED,
  idsBelow,
  QUESTION,
  rowName,
  rows,
  SPELLINGS,
  valuesOf,
  WIDTH,
  WORDS,
} from './networks.ts';

/** What the job is told. */
export interface AnswersInput {
  /** Names of the rows to time. */
  readonly rows: readonly string[];
  readonly backend: AnyBackend;
}

/** Makes BiDAF ready to answer one question. */
export async function prepare(input: AnswersInput, { threads }: Job): Promise<Prepared> {
  const facts = await startAny(input.backend, threads);
  const inputs = {
    context: tokensOf(CONTEXT, SPELLINGS, 1),
    question: tokensOf(QUESTION, QUESTION, 2),
    fixed: tensorOf(uniform([FIXED, WIDTH], { min: -1, max: 1, seed: 3 })) as Tensor2D,
  };
  const chosen = rows.filter((row) => input.rows.includes(rowName(row)));
  return prepareForwards<PublishedRow>(chosen, rowName, facts, (row) => {
    const weights = Object.fromEntries(
      Object.entries(valuesOf(row)).map(([name, drawn]) => [name, tensorOf(drawn)]),
    );
    return async () => {
      const logits = tidy(() => {
        const { start, end } = bidaf(weights, inputs);
        return concat([start, end], 1);
      });
      const values = await logits.data<'float32'>();
      logits.dispose();
      return values;
    };
  });
}

/** A text of random words, half of them such as are only looked up. */
function tokensOf(time: number, spellings: number, seed: number): Tokens {
  const own = idsBelow(WORDS, time, seed);
  const given = idsBelow(FIXED, time, seed + 10);
  const words = own.map((id, step) => (step % 2 === 0 ? id : WORDS + given[step]!));
  return {
    words: tensor2d(words, [1, time], 'int32'),
    spelling: tensor2d(idsBelow(spellings, time, seed + 20), [1, time], 'int32'),
    spellings: tensor2d(
      idsBelow(CHARS, spellings * CHARACTERS, seed + 30),
      [spellings, CHARACTERS],
      'int32',
    ),
    lengths: [time],
  };
}

function tensorOf({ shape, data }: { shape: readonly number[]; data: Float32Array }): Tensor {
  return tensor(data, [...shape]);
}
