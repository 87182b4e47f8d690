import { concat, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { weightTensors } from '@secateur/cells';
import { bidaf } from '../../../apps/question-answering/src/network/bidaf.ts';
import type { Tokens } from '../../../apps/question-answering/src/network/tokens.ts';
import { startAny, type AnyBackend } from '../backend.ts';
import type { Job, Prepared } from '../process/job.ts';
import { CHARACTERS, fixedVectors, rowsNamed, texts, weightsOf, type TextIds } from './answers.ts';
import { prepareForwards, type Forward } from './forward-passes.ts';

/** What the job is told: the names of the rows to time. */
interface AnswersInput {
  readonly rows: readonly string[];
  readonly backend: AnyBackend;
}

/** Makes BiDAF ready to answer one question. */
export async function prepare(input: AnswersInput, { threads }: Job): Promise<Prepared> {
  const facts = await startAny(input.backend, threads);
  const { fixed } = weightTensors({ fixed: fixedVectors() });
  const { context, question } = texts();
  const inputs = {
    context: tokensOf(context),
    question: tokensOf(question),
    fixed: fixed as Tensor2D,
  };
  const cases = rowsNamed(input.rows).map(([name, row]) => {
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
    return [name, make] as const;
  });
  return prepareForwards(cases, facts);
}

/** A text as the network takes it. */
const tokensOf = ({ time, count, words, spelling, spellings }: TextIds): Tokens => ({
  words: tensor2d(words, [1, time], 'int32'),
  spelling: tensor2d(spelling, [1, time], 'int32'),
  spellings: tensor2d(spellings, [count, CHARACTERS], 'int32'),
  lengths: [time],
});
