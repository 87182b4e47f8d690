import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { resultFacts, verifyInNewProcess, weightBytes } from '@secateur/app';
import { weightTensors } from '@secateur/cells';
import { describe } from '@secateur/backend';
import { countMacs, countParameters, recurrentDims, type Layout } from '@secateur/groups';
import { expand, findRemovable, prune } from '@secateur/pruner';
import { saveLayersModel } from '@secateur/pruner/node';
import { fetchVariables, toLayersModel } from '@secateur/pruner/tfjs';
import type { Run } from '@secateur/training';
import type { Corpus } from './data/corpus.ts';
import { perplexities } from './evaluate.ts';
import { timeForward } from './measure.ts';
import { architectureOf, writeModel } from './model-directory.ts';
import type { NetworkFigures, Result } from './result.ts';
import { sampleText } from './sample.ts';
import { fullLayout, trainedNetwork } from './network/of-settings.ts';
import { prunedDims, type Settings } from './settings.ts';
import type { Teacher } from './teacher.ts';
import type { Trained } from './train.ts';
import { writeProbe, type Verified } from './verify.ts';

/**
 * What follows a training: finds the dead components, removes them, writes both networks, has the pruned one read back
 * and checked in a new process, and measures both, and the teacher beside them. `history` is what was removed before the run.
 */
export async function finish(
  run: Run,
  settings: Settings,
  corpus: Corpus,
  trained: Trained,
  {
    history,
    teacher,
    verify = verifyByCli,
  }: {
    readonly history: readonly unknown[];
    readonly teacher: Teacher | null;
    readonly verify?: typeof verifyByCli;
  },
): Promise<Result> {
  const network = trainedNetwork(settings);
  const whole = fullLayout(settings, corpus.vocabulary.words.length);
  // A compacted run has no unpruned network any more; with zeros where its dead components were, it has one again.
  const full = expand(await fetchVariables(trained.variables), whole, trained.origins);
  dispose({ ...trained.variables });
  const dims = prunedDims(settings, whole);
  const { kept, removed } = findRemovable(full, whole, { dims });
  const small = prune(full, whole, kept);

  const { lambda, targetMacs } = settings;
  const architecture = architectureOf(settings);
  const saved = { architecture, vocabulary: corpus.vocabulary };
  const directories = { dense: join(run.directory, 'dense'), pruned: join(run.directory, 'model') };
  await writeModel(directories.dense, { ...saved, weights: full, layout: whole, history });
  await writeModel(directories.pruned, {
    ...saved,
    ...small,
    history: [...history, { removed, lambda, targetMacs }],
  });
  const stock = toLayersModel(network.net, small);
  await saveLayersModel(stock, join(directories.pruned, 'tfjs'), { iss: { kept } });
  stock.dispose();

  const dense = weightTensors(full);
  await writeProbe(run.directory, network, dense, corpus.valid);
  const checked = await verify(run.directory, settings);
  const pruned = weightTensors(small.weights);
  const [denseMs, prunedMs, teacherMs] = await timeForward([
    { network, weights: dense },
    { network, weights: pruned },
    ...(teacher === null ? [] : [teacher]),
  ]);
  const sample = await sampleText(network, pruned, corpus.vocabulary, {
    words: 60,
    temperature: 0.8,
    seed: settings.seed,
  });
  const densePerplexity = await perplexities(network, dense, corpus, settings);
  const teacherPerplexity =
    teacher && (await perplexities(teacher.network, teacher.weights, corpus, settings));
  dispose([...Object.values(dense), ...Object.values(pruned)]);

  return {
    dense: figures(whole, dims, denseMs!, densePerplexity, directories.dense),
    pruned: figures(small.layout, dims, prunedMs!, checked.perplexity, directories.pruned),
    maxAbsDiff: checked.maxAbsDiff,
    layersModelMaxAbsDiff: checked.layersModelMaxAbsDiff,
    ...resultFacts(settings, describe(), removed, { denseMs: denseMs!, prunedMs: prunedMs! }),
    teacher: teacher && {
      directory: settings.teacher ?? 'teacher/model',
      ...{ share: teacher.share, temperature: teacher.temperature },
      ...figures(teacher.layout, dims, teacherMs!, teacherPerplexity!, teacher.directory),
    },
    epoch: trained.epoch + 1,
    wordsPerSecond: trained.wordsPerSecond,
    trainingSeconds: trained.seconds,
    sample,
  };
}

const verifyByCli = async (directory: string, settings: Settings): Promise<Verified> =>
  (await verifyInNewProcess(join(import.meta.dirname, 'cli.ts'), directory, settings)) as Verified;

function figures(
  layout: Layout,
  dims: readonly string[],
  msPerBatch: number,
  perplexity: { valid: number; test: number },
  directory: string,
): NetworkFigures {
  return {
    // A teacher may have another cell, whose dimensions have other names.
    sizes: (Object.hasOwn(layout.dims, dims.at(-1)!) ? dims : recurrentDims(layout)).map(
      (dim) => layout.dims[dim]!,
    ),
    parameters: countParameters(layout),
    macsPerWord: countMacs(layout),
    msPerBatch,
    perplexity,
    bytes: weightBytes(directory),
  };
}
