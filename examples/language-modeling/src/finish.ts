import { statSync } from 'node:fs';
import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { describe } from '@whittle/backend';
import { countMacs, countParameters, type Layout } from '@whittle/groups';
import { expand, findRemovable, prune } from '@whittle/pruner';
import { saveLayersModel } from '@whittle/pruner/node';
import { fetchVariables, stackedLstmLayersModel } from '@whittle/pruner/tfjs';
import type { Run } from '@whittle/training';
import type { Corpus } from './data/corpus.ts';
import { perplexity, testPerplexity } from './evaluate.ts';
import { timeForward } from './measure.ts';
import { GATES, tensorsOf } from './model.ts';
import { writeModel, type Architecture } from './model-directory.ts';
import type { NetworkFigures, Result } from './result.ts';
import { sampleText } from './sample.ts';
import type { Settings } from './settings.ts';
import { fullLayout, type Trained } from './train.ts';
import { verifyInNewProcess, writeProbe } from './verify.ts';

/**
 * What follows a training: finds the dead components, removes them, writes both networks, has the pruned one read back
 * and checked in a new process, and measures both.
 */
export async function finish(
  run: Run,
  settings: Settings,
  corpus: Corpus,
  trained: Trained,
): Promise<Result> {
  const whole = fullLayout(settings, corpus);
  // A compacted run has no unpruned network any more; with zeros where its dead components were, it has one again.
  const full = expand(await fetchVariables(trained.variables), whole, trained.origins);
  dispose(trained.variables as never);
  const { kept, removed } = findRemovable(full, whole);
  const small = prune(full, whole, kept);

  const architecture: Architecture = {
    gates: GATES,
    forgetBias: settings.forgetBias,
    batch: settings.batch,
    steps: settings.steps,
    fromYear: settings.fromYear,
    maxVocab: settings.maxVocab,
  };
  const saved = { architecture, vocabulary: corpus.vocabulary };
  const directories = { dense: join(run.directory, 'dense'), pruned: join(run.directory, 'model') };
  await writeModel(directories.dense, { ...saved, weights: full, layout: whole, history: [] });
  await writeModel(directories.pruned, {
    ...saved,
    ...small,
    history: [{ removed, lambda: settings.lambda }],
  });
  const stock = stackedLstmLayersModel(small.weights, small.layout, {
    gates: GATES,
    forgetBias: settings.forgetBias,
  });
  await saveLayersModel(stock, join(directories.pruned, 'tfjs'), { iss: { kept } });
  stock.dispose();

  const dense = tensorsOf(full);
  await writeProbe(run.directory, dense, corpus.valid, settings);
  const checked = await verifyInNewProcess(run.directory, settings);
  const pruned = tensorsOf(small.weights);
  const [denseMs, prunedMs] = await timeForward([dense, pruned], settings);
  const sample = await sampleText(pruned, corpus.vocabulary, {
    words: 60,
    temperature: 0.8,
    seed: settings.seed,
    forgetBias: settings.forgetBias,
  });
  const densePerplexity = {
    valid: (await perplexity(dense, corpus.valid, settings)).perplexity,
    test: (await testPerplexity(dense, corpus.test, settings)).perplexity,
  };
  dispose([dense, pruned] as never);

  const backend = describe();
  return {
    dense: figures(whole, denseMs!, densePerplexity, directories.dense),
    pruned: figures(small.layout, prunedMs!, checked.perplexity, directories.pruned),
    maxAbsDiff: checked.maxAbsDiff,
    layersModelMaxAbsDiff: checked.layersModelMaxAbsDiff,
    removed: Object.fromEntries(Object.entries(removed).map(([dim, gone]) => [dim, gone.length])),
    speedup: denseMs! / prunedMs!,
    backend: backend.name,
    seed: settings.seed,
    lambda: settings.lambda,
    epochs: settings.epochs,
    wordsPerSecond: trained.wordsPerSecond,
    trainingSeconds: trained.seconds,
    sample,
    versions: { ...backend.versions, node: process.version },
  };
}

function figures(
  layout: Layout,
  msPerBatch: number,
  perplexity: { valid: number; test: number },
  directory: string,
): NetworkFigures {
  const sizes = Object.keys(layout.dims)
    .filter((dim) => /^h\d+$/.test(dim))
    .map((dim) => layout.dims[dim]!);
  return {
    sizes,
    parameters: countParameters(layout),
    macsPerWord: countMacs(layout),
    msPerBatch,
    perplexity,
    bytes: statSync(join(directory, 'model.safetensors')).size,
  };
}
