import { dispose } from '@tensorflow/tfjs-core';
import {
  pruneModel,
  requireData,
  startBackend,
  writeOnnx,
  type PrunedModel,
  type WrittenOnnx,
} from '@secateur/app';
import { weightTensors } from '@secateur/cells';
import type { ExportFlags, ModelFlags, PruneFlags } from '@secateur/app/command';
import { encodeOnnx, toOnnx, zeroStates } from '@secateur/onnx';
import { maxAbsDifference } from '@secateur/pruner';
import { loadCorpus } from '../data/corpus.ts';
import { tokenizeLines, tokenizeProse } from '../data/tokenize.ts';
import type { Vocabulary } from '../data/vocabulary.ts';
import { perplexities } from '../evaluate.ts';
import { probeWords, TIMED_BATCH } from '../measure.ts';
import { readModel, writeModel, type SavedModel } from '../model-directory.ts';
import { networkOf } from '../network/networks.ts';
import { sampleText } from '../sample.ts';
import { probeLogits } from '../verify.ts';

/** `evaluate`: perplexities of a saved model, and the name of the text. */
export async function evaluateCommand(
  flags: ModelFlags & { readonly data?: string },
): Promise<{ text: string; valid: number; test: number }> {
  const { weights, architecture, vocabulary } = await readModel(flags.model);
  requireData(flags.model, architecture.data, flags.data);
  await startBackend(flags);
  const corpus = await loadCorpus({
    directory: flags.data,
    fromYear: architecture.fromYear,
    maxVocab: architecture.maxVocab ?? undefined,
    words: vocabulary.words,
  });
  const network = networkOf(architecture);
  const tensors = weightTensors(weights);
  const result = await perplexities(network, tensors, corpus, architecture);
  dispose(tensors);
  return { text: corpus.name, ...result };
}

/** `prune`: a smaller model and the difference it makes on words of its vocabulary. */
export async function pruneCommand(
  flags: ModelFlags & PruneFlags,
): Promise<Omit<PrunedModel<SavedModel>, 'smaller'> & { readonly maxAbsDiff: number }> {
  await startBackend(flags);
  const model = await readModel(flags.model);
  const { smaller, text, ...removal } = pruneModel(model, flags, 1);
  const words = probeWords(model.vocabulary.words.length);
  const network = networkOf(model.architecture);
  const logits: Float32Array[] = [];
  for (const weights of [model.weights, smaller.weights]) {
    const tensors = weightTensors(weights);
    logits.push(await probeLogits(network, tensors, words));
    dispose(tensors);
  }
  const maxAbsDiff = maxAbsDifference(logits[0]!, logits[1]!);
  await writeModel(flags.out, smaller);
  const kind = `${removal.exact ? 'exact' : 'an approximation'}: largest logit difference ${maxAbsDiff.toExponential(1)}`;
  return { ...removal, maxAbsDiff, text: `${text}\n${kind}` };
}

/** `export`: the model as an ONNX file, which gives the logits of words of its vocabulary as the model does. */
export async function exportCommand(flags: ExportFlags): Promise<WrittenOnnx> {
  await startBackend(flags);
  const { weights, layout, history, architecture, vocabulary } = await readModel(flags.model);
  const network = networkOf(architecture);
  const onnx = toOnnx(network.net, { weights, layout }, { history });
  const words = probeWords(vocabulary.words.length);
  const tensors = weightTensors(weights);
  const logits = await probeLogits(network, tensors, words);
  dispose(tensors);
  const { batch, steps } = TIMED_BATCH;
  return writeOnnx(flags.onnx, {
    bytes: encodeOnnx(onnx),
    feeds: { ids: { dims: [batch, steps], data: words }, ...zeroStates(onnx, batch) },
    difference: ({ y }) => maxAbsDifference(logits, y!.data as Float32Array),
  });
}

/** A text split as files are; a word that they have in lower case alone, as at the beginning of a sentence that was drawn, is that. */
function fileWords(text: string, { ids }: Vocabulary): string[] {
  return tokenizeLines(text).map((word) => {
    const lower = word.toLowerCase();
    return !ids.has(word) && ids.has(lower) ? lower : word;
  });
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
  const tensors = weightTensors(weights);
  // As the text was split that it learned from. The tokenizer ends its sentence, but a prompt is there to be continued.
  const isFiles = typeof architecture.data === 'string';
  const split = isFiles ? fileWords(flags.prompt, vocabulary) : tokenizeProse(flags.prompt);
  const prompt = split.slice(0, -1);
  if (flags.prompt !== '' && prompt.length === 0) {
    throw new Error(
      `--prompt: expected words of the text that the model learned from, found ${JSON.stringify(flags.prompt)}; give some, or leave it out.`,
    );
  }
  const text = await sampleText(networkOf(architecture), tensors, vocabulary, {
    ...flags,
    prompt,
  });
  dispose(tensors);
  return text;
}
