import { concat, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { uniform, weightTensors } from '@secateur/cells';
import { bidaf } from '../../../apps/question-answering/src/network/bidaf.ts';
import type { Tokens } from '../../../apps/question-answering/src/network/tokens.ts';
import { startAny, type AnyBackend } from '../backend.ts';
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
  weightsOf,
  WIDTH,
  WORDS,
} from './answers.ts';
import { prepareForwards, type Forward } from './forward-passes.ts';

/** What the job is told: the names of the rows to time. */
interface AnswersInput {
  readonly rows: readonly string[];
  readonly backend: AnyBackend;
}

/** Makes BiDAF ready to answer one question. */
export async function prepare(input: AnswersInput, { threads }: Job): Promise<Prepared> {
  const facts = await startAny(input.backend, threads);
  const { fixed } = weightTensors({ fixed: uniform([FIXED, WIDTH], { min: -1, max: 1, seed: 3 }) });
  const inputs = {
    context: tokensOf(CONTEXT, SPELLINGS, 1),
    question: tokensOf(QUESTION, QUESTION, 2),
    fixed: fixed as Tensor2D,
  };
  const cases = rows
    .filter((row) => input.rows.includes(rowName(row)))
    .map((row) => {
      const make = (): Forward => {
        const weights = weightTensors(weightsOf(row));
        return async () => {
          const logits = tidy(() => {
            const { start, end } = bidaf(weights, inputs);
            return concat([start, end], 1);
          });
          const values = await logits.data<'float32'>();
          logits.dispose();
          return values;
        };
      };
      return [rowName(row), make] as const;
    });
  return prepareForwards(cases, facts);
}

/** A text of random words, half of them such as are only looked up. */
function tokensOf(time: number, spellings: number, seed: number): Tokens {
  const trained = idsBelow(WORDS, time, seed);
  const lookedUp = idsBelow(FIXED, time, seed + 10);
  const words = trained.map((id, step) => (step % 2 === 0 ? id : WORDS + lookedUp[step]!));
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
