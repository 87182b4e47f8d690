import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { readProbe, writeProbe as keepProbe } from '@secateur/app';
import { maxAbsDifference } from '@secateur/pruner';
import { makeBatch } from './data/batches.ts';
import type { Example } from './data/examples.ts';
import { loadQuestions } from './data/load.ts';
import { prepareQuestions } from './data/prepare.ts';
import { score, type Score } from './data/score.ts';
import { answer, type AnswerOptions } from './evaluate.ts';
import { fixedVectors, readModel } from './model-directory.ts';
import { type NamedTensors, weightTensors } from '@secateur/cells';
import { spanLogits } from './step.ts';

/** What the new process found. */
export interface Verified {
  readonly maxAbsDiff: number;
  readonly valid: Score;
  readonly test: Score;
}
/** Questions whose logits are compared; they are of different lengths. */
const PROBED = 24;

/** Start and end logits of the first questions, one after the other; padding is not among them. */
async function probeLogits(
  weights: NamedTensors,
  examples: readonly Example[],
  fixed: AnswerOptions['fixed'],
): Promise<Float32Array> {
  const batch = makeBatch(examples.slice(0, PROBED));
  const { lengths, time } = batch.context;
  const logits = await spanLogits(weights, batch, fixed);
  const rows = logits.flatMap((values) =>
    lengths.map((length, row) => values.subarray(row * time, row * time + length)),
  );
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

/** Writes what the unpruned network makes of real questions, for {@link verifyRun} to compare with. */
export async function writeProbe(
  directory: string,
  weights: NamedTensors,
  examples: readonly Example[],
  fixed: AnswerOptions['fixed'],
): Promise<void> {
  const logits = await probeLogits(weights, examples, fixed);
  keepProbe(directory, { logits: { shape: [logits.length], data: logits } });
}

/** Reads the pruned model of a run back, compares its logits with the probe's and scores its answers. */
export async function verifyRun(directory: string, data: string | null): Promise<Verified> {
  const { logits } = readProbe(directory);
  const { weights, vocabularies } = await readModel(join(directory, 'model'));
  const { valid, test } = prepareQuestions(loadQuestions(data), vocabularies);
  const tensors = weightTensors(weights);
  const fixed = fixedVectors(vocabularies);
  const actual = await probeLogits(tensors, valid, fixed);
  const result = {
    maxAbsDiff: maxAbsDifference(logits!.data as Float32Array, actual),
    ...(await scores(tensors, { valid, test }, fixed)),
  };
  dispose(tensors);
  fixed?.dispose();
  return result;
}

/** Scores of a network's answers to the questions of both parts; where they are the same, they are answered once. */
export async function scores(
  weights: NamedTensors,
  { valid, test }: { readonly valid: readonly Example[]; readonly test: readonly Example[] },
  fixed: AnswerOptions['fixed'],
): Promise<{ readonly valid: Score; readonly test: Score }> {
  const of = async (examples: readonly Example[]): Promise<Score> =>
    score(examples, await answer(weights, examples, { batch: 32, fixed }));
  const first = await of(valid);
  return { valid: first, test: test === valid ? first : await of(test) };
}
