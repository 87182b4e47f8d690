import { dispose } from '@tensorflow/tfjs-core';
import { startBackend, tensorsOf, type BackendFlags } from '@secateur/app';
import { findRemovable, formatReport, maxAbsDifference, prune, report } from '@secateur/pruner';
import { loadCorpus } from '../data/corpus.ts';
import { tokenizeProse } from '../data/tokenize.ts';
import { perplexity, testPerplexity } from '../evaluate.ts';
import { probeWords } from '../measure.ts';
import { readModel, writeModel } from '../model-directory.ts';
import { networkOf } from '../network/networks.ts';
import { sampleText } from '../sample.ts';
import { probeLogits } from '../verify.ts';

interface ModelFlags extends BackendFlags {
  readonly model: string;
}

/** `evaluate`: perplexities of a saved model. */
export async function evaluateCommand(
  flags: ModelFlags & { readonly data?: string },
): Promise<{ valid: number; test: number }> {
  await startBackend(flags);
  const { weights, architecture, vocabulary } = await readModel(flags.model);
  const corpus = await loadCorpus({
    directory: flags.data,
    fromYear: architecture.fromYear,
    maxVocab: architecture.maxVocab ?? undefined,
    words: vocabulary.words,
  });
  const network = networkOf(architecture);
  const tensors = tensorsOf(weights);
  const result = {
    valid: (await perplexity(network, tensors, corpus.valid, architecture)).perplexity,
    test: (await testPerplexity(network, tensors, corpus.test)).perplexity,
  };
  dispose(tensors);
  return result;
}

/** `prune`: a smaller model and the difference it makes on words of its vocabulary. */
export async function pruneCommand(
  flags: ModelFlags & { readonly out: string; readonly tolerance: number },
): Promise<{
  removed: Record<string, number[]>;
  exact: boolean;
  maxAbsDiff: number;
  text: string;
}> {
  await startBackend(flags);
  const model = await readModel(flags.model);
  const { kept, removed, exact } = findRemovable(model.weights, model.layout, {
    tolerance: flags.tolerance,
  });
  const smaller = prune(model.weights, model.layout, kept);
  const words = probeWords(model.vocabulary.words.length);
  const network = networkOf(model.architecture);
  const logits: Float32Array[] = [];
  for (const weights of [model.weights, smaller.weights]) {
    const tensors = tensorsOf(weights);
    logits.push(await probeLogits(network, tensors, words));
    dispose(tensors);
  }
  const maxAbsDiff = maxAbsDifference(logits[0]!, logits[1]!);
  await writeModel(flags.out, {
    ...model,
    ...smaller,
    history: [...model.history, { removed, tolerance: flags.tolerance }],
  });
  const text = `${formatReport(report(model.layout, smaller.layout))}\n${exact ? 'exact' : 'an approximation'}: largest logit difference ${maxAbsDiff.toExponential(1)}`;
  return { removed, exact, maxAbsDiff, text };
}

/** `sample`: text drawn from a saved model. */
export async function sampleCommand(
  flags: ModelFlags & {
    readonly words: number;
    readonly temperature: number;
    readonly prompt: string;
    readonly seed: number;
  },
): Promise<string> {
  await startBackend(flags);
  const { weights, architecture, vocabulary } = await readModel(flags.model);
  const tensors = tensorsOf(weights);
  // The tokeniser ends its sentence, but a prompt is there to be continued.
  const prompt = tokenizeProse(flags.prompt).slice(0, -1);
  const text = await sampleText(networkOf(architecture), tensors, vocabulary, {
    ...flags,
    prompt,
  });
  dispose(tensors);
  return text;
}
