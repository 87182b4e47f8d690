import { dispose } from '@tensorflow/tfjs-core';
import {
  pruneModel,
  readText,
  requireData,
  startBackend,
  writeOnnx,
  type OnnxValues,
  type PrunedModel,
  type WrittenOnnx,
} from '@secateur/app';
import { weightTensors } from '@secateur/cells';
import type { ExportFlags, ModelFlags, PruneFlags } from '@secateur/app/command';
import { encodeOnnx } from '@secateur/onnx';
import { maxAbsDifference } from '@secateur/pruner';
import { makeBatch, type Batch } from '../data/batches.ts';
import { encoder } from '../data/examples.ts';
import { loadQuestions } from '../data/load.ts';
import { prepareQuestions } from '../data/prepare.ts';
import type { Score } from '../data/score.ts';
import { locate, type Located } from '../evaluate.ts';
import { fixedVectors, readModel, writeModel, type SavedModel } from '../model-directory.ts';
import { bidafToOnnx } from '../network/to-onnx.ts';
import { spanLogits } from '../step.ts';
import { scores } from '../verify.ts';

/** `evaluate`: scores of a saved model, and the name of the questions. */
export async function evaluateCommand(
  flags: ModelFlags & { readonly data?: string },
): Promise<{ readonly questions: string; readonly valid: Score; readonly test: Score }> {
  const { weights, vocabularies, data: learned } = await readModel(flags.model);
  requireData(flags.model, learned, flags.data);
  await startBackend(flags);
  const questions = loadQuestions(flags.data ?? null);
  const data = prepareQuestions(questions, vocabularies);
  const [tensors, fixed] = [weightTensors(weights), fixedVectors(vocabularies)];
  const result = await scores(tensors, data, fixed);
  dispose(tensors);
  fixed?.dispose();
  return { questions: questions.name, ...result };
}

/** `prune`: a smaller model. */
export async function pruneCommand(
  flags: PruneFlags,
): Promise<Omit<PrunedModel<SavedModel>, 'smaller'>> {
  const { smaller, text, ...removal } = pruneModel(await readModel(flags.model), flags, 0);
  await writeModel(flags.out, smaller);
  const kind = removal.exact ? 'exact: answers stay as they were' : 'an approximation';
  return { ...removal, text: `${text}\n${kind}` };
}

/** `export`: the model as an ONNX file, which answers questions of the embedded data as the model does. */
export async function exportCommand(flags: ExportFlags): Promise<WrittenOnnx> {
  const { weights, layout, history, vocabularies } = await readModel(flags.model);
  await startBackend(flags);
  const { vectors } = vocabularies;
  const given = vectors && {
    shape: [vectors.words.length, vectors.dimension],
    data: vectors.values,
  };
  const onnx = bidafToOnnx({ weights, layout, history, fixed: given });
  const batch = makeBatch(prepareQuestions(loadQuestions(null), vocabularies).valid.slice(0, 8));
  const [tensors, fixed] = [weightTensors(weights), fixedVectors(vocabularies)];
  const logits = await spanLogits(tensors, batch, fixed);
  dispose(tensors);
  fixed?.dispose();
  const bytes = encodeOnnx(onnx);
  return writeOnnx(flags.onnx, {
    ...{ bytes, feeds: { ...feedsOf('context', batch), ...feedsOf('question', batch) } },
    difference: ({ start, end }) =>
      Math.max(
        ...[start!, end!].map(({ data }, k) => maxAbsDifference(logits[k]!, data as Float32Array)),
      ),
  });
}

function feedsOf(name: 'context' | 'question', batch: Batch): Record<string, OnnxValues> {
  const { words, spelling, spellings, lengths, time, count, characters } = batch[name];
  const rows = [lengths.length, time];
  return {
    [`${name}/words`]: { dims: rows, data: words },
    [`${name}/spelling`]: { dims: rows, data: spelling },
    [`${name}/spellings`]: { dims: [count, characters], data: spellings },
    [`${name}/lengths`]: { dims: [lengths.length], data: Int32Array.from(lengths) },
  };
}

/** `ask`: the answer to a question about a text, and where the text has it. */
export async function askCommand(
  flags: ModelFlags & { readonly context: string },
  question: string,
): Promise<{ readonly context: string; readonly located: Located }> {
  // Both texts are checked before a backend starts.
  const { weights, vocabularies } = await readModel(flags.model);
  const encode = encoder(vocabularies.words, vocabularies.characters);
  const context = encode(readText(flags.context), `--context ${flags.context}`);
  const asked = encode(question, 'the question');
  await startBackend(flags);
  const [tensors, fixed] = [weightTensors(weights), fixedVectors(vocabularies)];
  const located = await locate(tensors, { context, question: asked }, fixed);
  dispose(tensors);
  fixed?.dispose();
  return { context: context.text, located };
}
