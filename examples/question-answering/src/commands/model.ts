import { dispose } from '@tensorflow/tfjs-core';
import { readText, startBackend, tensorsOf, type BackendFlags } from '@secateur/app';
import { findRemovable, formatReport, prune, report } from '@secateur/pruner';
import { encoder } from '../data/examples.ts';
import { loadQuestions } from '../data/load.ts';
import { prepareQuestions } from '../data/prepare.ts';
import type { Score } from '../data/score.ts';
import { locate, type Located } from '../evaluate.ts';
import { fixedVectors, readModel, writeModel } from '../model-directory.ts';
import { scores } from '../verify.ts';

interface ModelFlags extends BackendFlags {
  readonly model: string;
}

/** `evaluate`: scores of a saved model. */
export async function evaluateCommand(
  flags: ModelFlags & { readonly data?: string },
): Promise<{ readonly valid: Score; readonly test: Score }> {
  await startBackend(flags);
  const { weights, vocabularies } = await readModel(flags.model);
  const data = prepareQuestions(loadQuestions(flags.data ?? null), vocabularies);
  const [tensors, fixed] = [tensorsOf(weights), fixedVectors(vocabularies)];
  const result = await scores(tensors, data, fixed);
  dispose(tensors);
  fixed?.dispose();
  return result;
}

/** `prune`: a smaller model. */
export async function pruneCommand(flags: {
  readonly model: string;
  readonly out: string;
  readonly tolerance: number;
}): Promise<{
  readonly removed: Record<string, number[]>;
  readonly exact: boolean;
  readonly text: string;
}> {
  const model = await readModel(flags.model);
  const { tolerance } = flags;
  const { kept, removed, exact } = findRemovable(model.weights, model.layout, {
    tolerance,
    atLeast: 0,
  });
  const smaller = prune(model.weights, model.layout, kept);
  const history = [...model.history, { removed, tolerance }];
  await writeModel(flags.out, { ...model, ...smaller, history });
  const kind = exact ? 'exact: answers stay as they were' : 'an approximation';
  return { removed, exact, text: `${formatReport(report(model.layout, smaller.layout))}\n${kind}` };
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
  const [tensors, fixed] = [tensorsOf(weights), fixedVectors(vocabularies)];
  const located = await locate(tensors, { context, question: asked }, fixed);
  dispose(tensors);
  fixed?.dispose();
  return { context: context.text, located };
}
