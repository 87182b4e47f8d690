import type { Layout, Weights } from '@whittle/groups';
import { readModelDirectory, writeModelDirectory } from '@whittle/pruner/node';
import { z } from 'zod';
import { vocabularyOf, type Vocabulary } from './data/vocabulary.ts';
import { GATES } from './model.ts';

const architectureSchema = z.object({
  gates: z.literal(GATES),
  forgetBias: z.number(),
  /** How the model was evaluated, and on which text when it was the embedded one. */
  batch: z.int().positive(),
  steps: z.int().positive(),
  fromYear: z.int(),
  maxVocab: z.int().nullable(),
});

/** What a saved language model says of itself. */
export type Architecture = z.infer<typeof architectureSchema>;

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
  const checked = architectureSchema.safeParse(architecture);
  if (modelType !== 'stacked-lstm' || !checked.success || vocabulary === undefined) {
    throw new Error(
      `${directory}: expected a stacked-lstm model of this example with a vocabulary, found ${modelType}` +
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
