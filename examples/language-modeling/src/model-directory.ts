import type { Layout, Weights } from '@secateur/groups';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { z } from 'zod';
import { vocabularyOf, type Vocabulary } from './data/vocabulary.ts';
import { networkOf } from './network/networks.ts';
import { GATES } from './network/stacked-lstm.ts';
import type { Settings } from './settings.ts';

const common = z.object({
  /** How the model was evaluated, and on which text when it was the embedded one. */
  batch: z.int().positive(),
  steps: z.int().positive(),
  fromYear: z.int(),
  maxVocab: z.int().nullable(),
});

const lstm = common.extend({
  cell: z.literal('lstm'),
  gates: z.literal(GATES),
  forgetBias: z.number(),
});

const rhn = common.extend({
  cell: z.literal('rhn'),
  depth: z.int().positive(),
  transformBias: z.number(),
});

const architectureSchema = z.discriminatedUnion('cell', [lstm, rhn]);

/** What a saved language model says of itself. */
export type Architecture = z.infer<typeof architectureSchema>;

/** What the model of a run says of itself: those of its settings that the schema of its cell names. */
export function architectureOf(settings: Settings): Architecture {
  return architectureSchema.parse({ gates: GATES, ...settings });
}

/** A language model as it is kept on disk. */
export interface SavedModel {
  readonly weights: Weights;
  readonly layout: Layout;
  readonly architecture: Architecture;
  readonly vocabulary: Vocabulary;
  /** What was removed when. */
  readonly history: readonly unknown[];
}

/** Writes a language model with its vocabulary. */
export async function writeModel(directory: string, model: SavedModel): Promise<void> {
  const { weights, layout, architecture, vocabulary, history } = model;
  await writeModelDirectory(directory, {
    weights,
    layout,
    architecture,
    modelType: networkOf(architecture).modelType,
    history,
    vocabulary: vocabulary.words,
  });
}

/**
 * Reads a language model.
 *
 * @throws Error when the directory holds no model, a damaged one, or one of another kind.
 */
export async function readModel(directory: string): Promise<SavedModel> {
  const { weights, layout, architecture, history, vocabulary, modelType } =
    await readModelDirectory(directory);
  // Models of the first versions, which had one cell, do not name it.
  const checked = architectureSchema.safeParse({ cell: 'lstm', ...architecture });
  const fits = checked.success && modelType === networkOf(checked.data).modelType;
  if (!fits || vocabulary === undefined) {
    throw new Error(
      `${directory}: expected a model of this example with a vocabulary, found ${modelType}` +
        `${checked.success ? '' : `: ${z.prettifyError(checked.error)}`}; give the model folder of a run.`,
    );
  }
  return {
    weights,
    layout,
    architecture: checked.data,
    vocabulary: vocabularyOf(vocabulary),
    history,
  };
}
