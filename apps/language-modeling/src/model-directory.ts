import { requireFinite, requireLayoutOf, sizeOf } from '@secateur/app';
import type { Layout, Weights } from '@secateur/groups';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { z } from 'zod';
import { vocabularyOf, type Vocabulary } from './data/vocabulary.ts';
import { dimsOf, networkOf } from './network/networks.ts';
import { GATES } from './network/stacked-lstm.ts';
import type { Settings } from './settings.ts';

const common = z.object({
  /** How the model was evaluated, and on which text when it was the embedded one. */
  batch: z.int().positive(),
  steps: z.int().positive(),
  fromYear: z.int(),
  maxVocab: z.int().min(2).nullable(),
  /** The folder of the text that it learned from, null for the embedded one. Models of the first versions do not say. */
  data: z.string().nullable().exactOptional(),
});

const lstm = common.extend({
  cell: z.literal('lstm'),
  layers: z.int().positive(),
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
  const layers = settings.cell === 'lstm' ? { gates: GATES, layers: settings.hidden.length } : {};
  return architectureSchema.parse({ ...layers, ...settings });
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
 * @throws Error when the directory holds no model, a damaged one, one of another kind, one with a layout that its network does not run
 * or with weights that are not finite.
 */
export async function readModel(directory: string): Promise<SavedModel> {
  const { weights, layout, architecture, history, vocabulary, modelType } =
    await readModelDirectory(directory);
  // Models of the first versions, which had one cell, do not name it, nor how many layers they have.
  const layers = Object.keys(layout.dims).filter((name) => /^h\d+$/.test(name)).length;
  const checked = architectureSchema.safeParse({ cell: 'lstm', layers, ...architecture });
  const fits = checked.success && modelType === networkOf(checked.data).modelType;
  if (!fits || vocabulary === undefined) {
    throw new Error(
      `${directory}: expected a model of this example with a vocabulary, found ${modelType}` +
        `${checked.success ? '' : `: ${z.prettifyError(checked.error)}`}; give the model folder of a run.`,
    );
  }
  requireLayoutOf(directory, layout, layoutOf(directory, checked.data, layout, vocabulary.length));
  requireFinite(directory, weights);
  return {
    weights,
    layout,
    architecture: checked.data,
    vocabulary: vocabularyOf(vocabulary),
    history,
  };
}

/** The layout that a network of this architecture runs, with the sizes that a model says. */
function layoutOf(
  directory: string,
  architecture: Architecture,
  layout: Layout,
  vocab: number,
): Layout {
  const sizes = dimsOf(architecture).map((name) => [name, sizeOf(directory, layout, name)]);
  return networkOf(architecture).net.layout({ ...Object.fromEntries(sizes), vocab });
}
