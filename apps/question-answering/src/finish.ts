import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { benchInterleaved, resultFacts, verifyInNewProcess, weightBytes } from '@secateur/app';
import { describe } from '@secateur/backend';
import { countParameters, recurrentDims, type Layout } from '@secateur/groups';
import { findRemovable, prune } from '@secateur/pruner';
import type { Run } from '@secateur/training';
import { makeBatch } from './data/batches.ts';
import type { Example } from './data/examples.ts';
import type { Prepared, Vocabularies } from './data/prepare.ts';
import type { Score } from './data/score.ts';
import { answer } from './evaluate.ts';
import { fixedVectors, writeModel } from './model-directory.ts';
import type { BidafInputs } from './network/bidaf.ts';
import { type NamedTensors, weightTensors } from '@secateur/cells';
import type { Answered, NetworkFigures, Result } from './result.ts';
import { removalLayout } from './network/of-settings.ts';
import type { Settings } from './settings.ts';
import { spanLogits } from './step.ts';
import type { TeacherModel } from './teacher.ts';
import type { Trained } from './train.ts';
import { scores, writeProbe, type Verified } from './verify.ts';

/** Questions whose times are measured, each by itself. */
const TIMED = 20;
/** Questions that the report shows. */
const SHOWN = 3;

/**
 * What follows a training: finds the dead components, removes them, writes both networks, has the pruned one read back
 * and checked in a new process, and measures both.
 */
export async function finish(
  run: Run,
  settings: Settings,
  data: Prepared & {
    readonly vocabularies: Vocabularies;
    readonly teacher?: (TeacherModel & { readonly seconds: number }) | undefined;
  },
  trained: Trained,
): Promise<Result> {
  const { vocabularies, valid, test } = data;
  const sizes = {
    words: vocabularies.words.trained,
    chars: vocabularies.characters.entries.length,
  };
  const whole = removalLayout(settings, sizes);
  const { kept, removed } = findRemovable(trained.weights, whole, { atLeast: 0 });
  const small = prune(trained.weights, whole, kept);
  const directories = { dense: join(run.directory, 'dense'), pruned: join(run.directory, 'model') };
  const { lambda, targetMacs } = settings;
  await writeModel(directories.dense, {
    ...{ weights: trained.weights, layout: whole, vocabularies, history: [], data: settings.data },
  });
  await writeModel(directories.pruned, {
    ...{ ...small, vocabularies, history: [{ removed, lambda, targetMacs }], data: settings.data },
  });

  const fixed = fixedVectors(vocabularies);
  const [dense, pruned] = [weightTensors(trained.weights), weightTensors(small.weights)];
  await writeProbe(run.directory, dense, valid, fixed);
  const cli = join(import.meta.dirname, 'cli.ts');
  const checked = (await verifyInNewProcess(cli, run.directory, settings)) as Verified;
  const taught = data.teacher && weightTensors(data.teacher.weights);
  const candidates = [dense, pruned, ...(taught === undefined ? [] : [taught])];
  const [denseMs, prunedMs, teacherMs] = await msPerQuestion(candidates, test, fixed);
  const examples = await shownAnswers(pruned, test, fixed);
  const before = await scores(dense, { valid, test }, fixed);
  const teacherScores = taught && (await scores(taught, { valid, test }, fixed));
  dispose(candidates as never);
  fixed?.dispose();

  const { share, temperature } = settings;
  const teacher =
    data.teacher === undefined
      ? null
      : {
          ...figures(data.teacher.layout, teacherMs!, teacherScores!, data.teacher.directory),
          ...{ share, temperature, seconds: data.teacher.seconds },
        };
  return {
    dense: figures(whole, denseMs!, before, directories.dense),
    pruned: figures(small.layout, prunedMs!, checked, directories.pruned),
    maxAbsDiff: checked.maxAbsDiff,
    ...resultFacts(settings, describe(), removed, { denseMs: denseMs!, prunedMs: prunedMs! }),
    teacher,
    questionsPerSecond: trained.questionsPerSecond,
    trainingSeconds: trained.seconds,
    examples,
  };
}

function figures(
  layout: Layout,
  msPerQuestion: number,
  { valid, test }: { readonly valid: Score; readonly test: Score },
  directory: string,
): NetworkFigures {
  return {
    sizes: Object.fromEntries(recurrentDims(layout).map((dim) => [dim, layout.dims[dim]!])),
    parameters: countParameters(layout),
    ...{ msPerQuestion, valid, test },
    bytes: weightBytes(directory),
  };
}

/** Median milliseconds of a question by itself, over questions evenly from all lengths, for several networks in turn. */
async function msPerQuestion(
  candidates: readonly NamedTensors[],
  examples: readonly Example[],
  fixed: BidafInputs['fixed'],
): Promise<number[]> {
  const batches = spread(examples, TIMED).map((example) => makeBatch([example]));
  const totals = await benchInterleaved(
    candidates.map((weights) => async () => {
      for (const batch of batches) await spanLogits(weights, batch, fixed);
    }),
    { rounds: 5 },
  );
  return totals.map((ms) => ms / batches.length);
}

async function shownAnswers(
  weights: NamedTensors,
  examples: readonly Example[],
  fixed: BidafInputs['fixed'],
): Promise<Answered[]> {
  const shown = spread(examples, SHOWN);
  const answers = await answer(weights, shown, { batch: 1, fixed });
  return shown.map(({ id, question, answers: right }) => ({
    ...{ question: question.text, answer: answers.get(id)!, right },
  }));
}

/** So many examples, or all, spread evenly over their order. */
function spread(examples: readonly Example[], count: number): Example[] {
  const stride = Math.max(1, Math.floor(examples.length / count));
  return examples.filter((_, k) => k % stride === 0).slice(0, count);
}
