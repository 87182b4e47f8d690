import { join } from 'node:path';
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { requireFinite, requireLayoutOf, sizeOf } from '@secateur/app';
import type { Layout, Weights } from '@secateur/groups';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { z } from 'zod';
import type { Vocabularies } from './data/prepare.ts';
import { requireSpecial, vocabularyOf } from './data/vocabulary.ts';
import { bidafLayout } from './network/layout.ts';

const MODEL_TYPE = 'bidaf';
/** Vectors of GloVe, which no training changes and no pruning makes smaller. */
const vectorsFile = 'vectors.safetensors';

const architectureSchema = z.object({
  /** Words whose vectors are weights; those after them in the vocabulary have a row of the vectors' file. */
  trained: z.int().positive(),
  characters: z
    .array(z.string())
    .refine((all) => new Set(all).size === all.length, 'expected each character once'),
  /** The folder of the questions that it learned from, null for the embedded ones. Models of the first versions do not say. */
  data: z.string().nullable().exactOptional(),
});

/** A question-answering model as it is kept on disk. */
export interface SavedModel {
  readonly weights: Weights;
  readonly layout: Layout;
  readonly vocabularies: Vocabularies;
  /** The folder of the questions that it learned from, null for the embedded ones; models of the first versions do not say. */
  readonly data?: string | null;
  /** What was removed when. */
  readonly history: readonly unknown[];
}

/** Writes a model with its vocabularies and the vectors that it does not train. */
export async function writeModel(directory: string, model: SavedModel): Promise<void> {
  const { weights, layout, history, vocabularies, data } = model;
  const { words, characters, vectors } = vocabularies;
  await writeModelDirectory(directory, {
    weights,
    layout,
    architecture: {
      ...{ trained: words.trained, characters: characters.entries },
      ...(data === undefined ? {} : { data }),
    },
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
 * @throws Error when the directory holds no model, a damaged one, one of another kind, or one whose words, characters, vectors and
 * layout are not those of one network.
 */
export async function readModel(directory: string): Promise<SavedModel> {
  const saved = await readModelDirectory(directory);
  const architecture = architectureSchema.safeParse(saved.architecture);
  if (!architecture.success || saved.modelType !== MODEL_TYPE || saved.vocabulary === undefined) {
    throw new Error(
      `${directory}: expected a model of this example with a vocabulary, found ${saved.modelType}` +
        `${architecture.success ? '' : `: ${z.prettifyError(architecture.error)}`}; give the model folder of a run.`,
    );
  }
  const { trained, characters, data } = architecture.data;
  const words = { ...vocabularyOf(saved.vocabulary), trained };
  const given = saved.vocabulary.slice(trained);
  requireSpecial(`${directory}: words`, saved.vocabulary);
  requireSpecial(`${directory}: characters`, characters);
  const expected = layoutOf(directory, saved.layout, trained, characters.length);
  requireLayoutOf(directory, saved.layout, expected);
  requireFinite(directory, saved.weights);
  const width = sizeOf(directory, saved.layout, 'word');
  return {
    weights: saved.weights,
    layout: saved.layout,
    history: saved.history,
    ...(data === undefined ? {} : { data }),
    vocabularies: {
      words,
      characters: vocabularyOf(characters),
      vectors:
        given.length === 0
          ? undefined
          : readVectors(directory, given, width, saved.files[vectorsFile]),
    },
  };
}

/** The layout that the network runs with the sizes that a model says. */
function layoutOf(directory: string, layout: Layout, words: number, chars: number): Layout {
  const { dims, fixed } = bidafLayout({ words, chars });
  const names = Object.keys({ ...dims, ...fixed }).filter(
    (name) => !['words', 'chars'].includes(name),
  );
  const sizes = Object.fromEntries(names.map((name) => [name, sizeOf(directory, layout, name)]));
  return bidafLayout({ words, chars, sizes });
}

function readVectors(
  directory: string,
  words: readonly string[],
  width: number,
  bytes: Uint8Array | undefined,
): Vocabularies['vectors'] {
  const file = join(directory, vectorsFile);
  const vectors = bytes && decodeSafetensors(bytes).tensors['vectors'];
  const { shape, dtype, data } = vectors ?? { shape: [], dtype: 'none', data: undefined };
  if (!(data instanceof Float32Array) || shape.join() !== [words.length, width].join()) {
    throw new Error(
      `${file}: expected vectors of ${words.length} words as F32 of shape [${words.length}, ${width}], found ${dtype} of shape [${shape.join(', ')}]; the model and its vectors belong together.`,
    );
  }
  requireFinite(file, { vectors: { shape, data } });
  return { words, dimension: width, values: data, inFile: words.length };
}

/** The vectors that are not trained as a tensor, if there are any. */
export function fixedVectors({ vectors }: Vocabularies): Tensor2D | undefined {
  if (vectors === undefined || vectors.words.length === 0) return undefined;
  return tensor2d(vectors.values, [vectors.words.length, vectors.dimension]);
}
