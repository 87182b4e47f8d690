import type { Layout, Weights } from '@secateur/groups';
import { readRun } from '@secateur/training/run';
import { readModel, type SavedModel } from './model-directory.ts';
import { unitDims } from './network/stacked-lstm.ts';
import { checkSettings, sizesIn, type Settings } from './settings.ts';
import { initialWeights } from './weights.ts';

/** What a run starts from. */
export interface Start {
  /** The settings, with the sizes of the model if the run starts from one. */
  readonly settings: Settings;
  /** The words of that model, which fix their ids. */
  readonly words?: readonly string[];
  /** What was removed from that model, oldest first. */
  readonly history: readonly unknown[];
  /** The weights before the first step, in the order of the layout. */
  weights(layout: Layout): Weights;
}

/**
 * What the settings say to start from: random weights, or a saved model, which may be dense (fine-tuning) or pruned (a
 * training that goes on with what ISS has left), or the teacher.
 *
 * @throws Error when that is no model of this example, or one of another cell.
 */
export async function startOf(settings: Settings): Promise<Start> {
  const { from, teacher, fromTeacher } = settings;
  const folder = fromTeacher ? teacher : from;
  if (folder === null) {
    return { settings, history: [], weights: (layout) => initialWeights(layout, settings) };
  }
  const model = await readModel(folder);
  if (model.architecture.cell !== settings.cell) {
    throw new Error(
      `--${fromTeacher ? 'teacher' : 'from'} ${folder}: expected a model of cell ${settings.cell}, found one of ${model.architecture.cell}; choose a --preset of that cell.`,
    );
  }
  return {
    settings: { ...settings, ...sizesOf(model) } as Settings,
    words: model.vocabulary.words,
    history: model.history,
    // Sums over all weights, such as the clip's norm, have other last bits in another order.
    weights: (layout) =>
      Object.fromEntries(Object.keys(layout.weights).map((name) => [name, model.weights[name]!])),
  };
}

/** The start of a finished run, which is only read: where it began with a model, that may be gone, and its config has the sizes. */
export function finishedStart(settings: Settings, directory: string): Start {
  const isBegun = settings.from !== null || settings.fromTeacher;
  const sizes = isBegun ? sizesIn(checkSettings(readRun(directory).config)) : {};
  return {
    settings: { ...settings, ...sizes } as Settings,
    history: [],
    weights: (layout) => initialWeights(layout, settings),
  };
}

/** The settings that a model decides. */
function sizesOf({ architecture, layout: { dims } }: SavedModel): Partial<Settings> {
  return architecture.cell === 'lstm'
    ? {
        embed: dims['embed']!,
        hidden: unitDims(architecture.layers).map((dim) => dims[dim]!),
        forgetBias: architecture.forgetBias,
      }
    : {
        width: dims['width']!,
        depth: architecture.depth,
        transformBias: architecture.transformBias,
      };
}
