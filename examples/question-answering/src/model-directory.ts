import { join } from 'node:path';
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { readTensors } from '@secateur/app';
import type { Layout, Weights } from '@secateur/groups';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { encodeSafetensors } from '@secateur/safetensors';
import { z } from 'zod';
import type { Vocabularies } from './data/prepare.ts';
import { vocabularyOf } from './data/vocabulary.ts';

const MODEL_TYPE = 'bidaf';
/** Vectors of GloVe, which no training changes and no pruning makes smaller. */
const vectorsFile = 'vectors.safetensors';

const architectureSchema = z.object({
  /** Words whose vectors are weights; those after them in the vocabulary have a row of the vectors' file. */
  trained: z.int().positive(),
  characters: z.array(z.string()),
});

/** A question-answering model as it is kept on disk. */
export interface SavedModel {
  readonly weights: Weights;
  readonly layout: Layout;
  readonly vocabularies: Vocabularies;
  /** What was removed when. */
  readonly history: readonly unknown[];
}

/** Writes a model with its vocabularies and the vectors that it does not train. */
export async function writeModel(directory: string, model: SavedModel): Promise<void> {
  const { weights, layout, history, vocabularies } = model;
  const { words, characters, vectors } = vocabularies;
  await writeModelDirectory(directory, {
    weights,
    layout,
    architecture: { trained: words.trained, characters: characters.entries },
    modelType: MODEL_TYPE,
    history,
    vocabulary: words.entries,
    ...(vectors === undefined ? {} : { files: { [vectorsFile]: encodeVectors(vectors) } }),
  });
}

function encodeVectors(vectors: NonNullable<Vocabularies['vectors']>): Uint8Array {
  const { words, dimension, values } = vectors;
  return encodeSafetensors({ vectors: { shape: [words.length, dimension], data: values } });
}

/**
 * Reads a model.
 *
 * @throws Error when the directory holds no model, a damaged one, or one of another kind.
 */
export async function readModel(directory: string): Promise<SavedModel> {
  const found = await readModelDirectory(directory);
  const architecture = architectureSchema.safeParse(found.architecture);
  if (!architecture.success || found.modelType !== MODEL_TYPE || found.vocabulary === undefined) {
    throw new Error(
      `${directory}: expected a model of this example with a vocabulary, found ${found.modelType}` +
        `${architecture.success ? '' : `: ${z.prettifyError(architecture.error)}`}; give the model folder of a run.`,
    );
  }
  const { trained, characters } = architecture.data;
  const words = { ...vocabularyOf(found.vocabulary), trained };
  const given = found.vocabulary.slice(trained);
  return {
    weights: found.weights,
    layout: found.layout,
    history: found.history,
    vocabularies: {
      words,
      characters: vocabularyOf(characters),
      vectors: given.length === 0 ? undefined : readVectors(directory, given),
    },
  };
}

function readVectors(directory: string, words: readonly string[]): Vocabularies['vectors'] {
  const file = join(directory, vectorsFile);
  const { vectors } = readTensors(file);
  const [rows, dimension] = vectors?.shape ?? [];
  if (rows !== words.length || dimension === undefined) {
    throw new Error(
      `${file}: expected vectors of ${words.length} words, found ${rows ?? 'none'}; the model and its vectors belong together.`,
    );
  }
  return { words, dimension, values: vectors!.data as Float32Array, inFile: rows };
}

/** The vectors that are not trained as a tensor, if there are any. */
export function fixedVectors({ vectors }: Vocabularies): Tensor2D | undefined {
  if (vectors === undefined || vectors.words.length === 0) return undefined;
  return tensor2d(vectors.values, [vectors.words.length, vectors.dimension]);
}
