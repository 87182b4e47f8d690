import { join } from 'node:path';
import { dispose, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { readProbe, writeProbe as keepProbe } from '@secateur/app';
import { maxAbsDifference } from '@secateur/pruner';
import { loadLayersModel } from '@secateur/pruner/node';
import { type NamedTensors, weightTensors } from '@secateur/cells';
import { loadCorpus } from './data/corpus.ts';
import { perplexities } from './evaluate.ts';
import { TIMED_BATCH } from './measure.ts';
import { readModel } from './model-directory.ts';
import { stockLogits, type LanguageModel } from './network/network.ts';
import { networkOf } from './network/networks.ts';

/** What the new process found. */
export interface Verified {
  readonly maxAbsDiff: number;
  readonly layersModelMaxAbsDiff: number;
  readonly perplexity: { readonly valid: number; readonly test: number };
}

/** Logits of one batch of words, from a zero state. */
export async function probeLogits(
  network: LanguageModel,
  weights: NamedTensors,
  words: Int32Array,
): Promise<Float32Array> {
  const { batch, steps } = TIMED_BATCH;
  const state = network.net.zeroState(weights, batch);
  const logits = tidy(() => {
    const ids = tensor2d(words, [batch, steps], 'int32') as Tensor2D;
    return network.forward(weights, ids, state).logits;
  });
  const values = await logits.data<'float32'>();
  dispose([logits, ...Object.values(state)]);
  return values;
}

/** Writes real words and what the unpruned network makes of them, for {@link verifyRun} to compare with. */
export async function writeProbe(
  directory: string,
  network: LanguageModel,
  weights: NamedTensors,
  ids: Int32Array,
): Promise<void> {
  const { batch, steps } = TIMED_BATCH;
  // Real words, from the beginning again where the text is short.
  const words = Int32Array.from({ length: batch * steps }, (_, i) => ids[i % ids.length]!);
  const logits = await probeLogits(network, weights, words);
  keepProbe(directory, {
    words: { shape: [batch, steps], data: words },
    logits: { shape: [batch * steps, logits.length / (batch * steps)], data: logits },
  });
}

/** Reads the pruned model of a run back, compares its logits with the probe's and measures its perplexity. */
export async function verifyRun(directory: string, data: string | null): Promise<Verified> {
  const probe = readProbe(directory);
  const words = probe['words']!.data as Int32Array;
  const expected = probe['logits']!.data as Float32Array;
  const { weights, architecture, vocabulary } = await readModel(join(directory, 'model'));
  const network = networkOf(architecture);
  const tensors = weightTensors(weights);
  const logits = await probeLogits(network, tensors, words);

  const stock = await loadLayersModel(join(directory, 'model', 'tfjs'));
  const predicted = tidy(() =>
    stockLogits(stock, tensor2d(words, [TIMED_BATCH.batch, TIMED_BATCH.steps], 'int32')),
  );
  const ofStock = await predicted.data<'float32'>();
  predicted.dispose();
  stock.dispose();

  const corpus = await loadCorpus({
    directory: data ?? undefined,
    fromYear: architecture.fromYear,
    maxVocab: architecture.maxVocab ?? undefined,
    words: vocabulary.words,
  });
  const result = {
    maxAbsDiff: maxAbsDifference(expected, logits),
    layersModelMaxAbsDiff: maxAbsDifference(expected, ofStock),
    perplexity: await perplexities(network, tensors, corpus, architecture),
  };
  dispose(tensors);
  return result;
}
