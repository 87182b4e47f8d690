import { checkOptions, sentence } from '@secateur/input';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  layersModelLayout,
  layoutToJson,
  recurrentDims,
  type ExplainedLayout,
  type Layout,
  type LayersModelLike,
  type NamedArray,
  type Weights,
  type WeightLayout,
} from '@secateur/groups';
import { messageOf } from '../check-weights.ts';
import { checkAtLeast, checkDims } from '../dims.ts';
import { chooseKept, type ChooseKeptOptions } from '../choose-kept.ts';
import { findRemovable, type FindRemovableOptions, type Removable } from '../find-removable.ts';
import { prune } from '../prune.ts';
import { argumentError, modelError } from '../pruner-error.ts';
import { report, type PruneReport } from '../report.ts';
import type { Kept } from '../types.ts';
import { bidirectionalDims, paddingNotes, unitsDim } from './directions.ts';
import { outputDims } from './layer-dims.ts';
import { cloneModel } from './layers-model/clone-model.ts';
import { compileLike } from './layers-model/compile-like.ts';
import {
  disposeLayer,
  isModel,
  type Config,
  type Layer,
  type LayerVariable,
} from './layers-model/layer-objects.ts';
import { projectionNotes } from './layers-model/projections.ts';
import { resizeConfig } from './layers-model/resize-config.ts';
import { requireLayersModel } from './require-layers-model.ts';
import {
  copyStates,
  copyTrainable,
  pairLayers,
  pairWeights,
  setWeights,
  type Pair,
} from './layers-model/transfer.ts';

/** Options of {@link pruneLayersModel}. */
export interface PruneLayersModelOptions {
  /** Layout under the names of the model's weights; default derived from the model. */
  readonly layout?: Layout;
  /** Dimensions to prune; default the recurrent ones that do not leave the model. */
  readonly dims?: readonly string[];
  /** Entries of at most this size count as zero; default 0, which alone is exact. */
  readonly tolerance?: number;
  /** Components to keep in each dimension, those of largest norm; default 1, which stock layers have at least. */
  readonly atLeast?: number;
  /**
   * What the model may cost, as {@link chooseKept} takes it: components that are read go too then, those of least norm for what
   * they cost, until that is met. Without it only dead ones go. Not with a tolerance.
   */
  readonly target?: Omit<ChooseKeptOptions, 'dims' | 'equal'>;
}

/** A model after {@link pruneLayersModel}. */
export interface PrunedLayersModel {
  /** A new, smaller model of the same layers; the old one is untouched and still the caller's to dispose. */
  readonly model: LayersModel;
  /** Sizes before and after, with notes: layers that keep their units and why, padded directions, constraints not met. */
  readonly report: PruneReport;
  /** Kept indices per dimension. */
  readonly kept: Kept;
  /** Layout of the new model, under the names of its weights. */
  readonly layout: Layout;
  /** Whether the new model computes exactly what the old one does; false when a tolerance was given, or a target needed more. */
  readonly exact: boolean;
}

/**
 * Removes dead components, and with a target weak ones, from a `tf.LayersModel` and rebuilds it, smaller, from the same stock
 * layers.
 *
 * The new model is the old one but for its sizes: names, settings, initializers, regularizers, constraints, what is
 * frozen, shared layers, the states of stateful layers, and the settings of `compile` with an optimizer that has taken no
 * step. Weights are set past constraints and read back. A layer that cannot be made smaller keeps its units, and the
 * report says which layer is in the way.
 *
 * Keeps at least one unit per layer, or as many as `atLeast` says. A stock `Bidirectional` holds one size for both directions: the larger stays and
 * the other direction keeps as many dead units, which changes no output; the report says so. The kept indices and the
 * layout, under the names that a model file has, are stored in the model's user-defined metadata under `iss`.
 *
 * @throws `PrunerError` if the model cannot be rebuilt with exactly these weights.
 *
 * @example
 * ```ts
 * import { tensor, tidy } from '@tensorflow/tfjs-core';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { pruneLayersModel } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const drawn = { recurrentInitializer: 'glorotUniform' } as const;
 * const rnn = layers.simpleRNN({ units: 2, inputShape: [5, 1], name: 'reader', ...drawn });
 * const model = sequential({ layers: [rnn, layers.dense({ units: 1 })] });
 * // As training with the group Lasso may leave it: neither the layer itself nor the next one reads its first unit.
 * const weights = [[[1, 1]], [[0, 0], [1, 1]], [0, 0], [[0], [1]], [0]];
 * tidy(() => {
 *   model.setWeights(weights.map((values) => tensor(values)));
 * });
 * const { model: small, kept, exact } = pruneLayersModel(model);
 * kept; // => { reader: [1] }
 * exact; // => true
 * [model.countParams(), small.countParams()]; // => [11, 5]
 * model.dispose();
 * small.dispose();
 * ```
 */
export function pruneLayersModel(
  model: LayersModel,
  options: PruneLayersModelOptions = {},
): PrunedLayersModel {
  const names = { layout: true, dims: true, tolerance: true, atLeast: true, target: true } as const;
  checkOptions('pruneLayersModel', options, names, argumentError);
  requireLayersModel(model, 'pruneLayersModel');
  const { tolerance = 0 } = options;
  const atLeast = options.target?.atLeast ?? options.atLeast ?? 1;
  checkAtLeast('pruneLayersModel', atLeast, 1);
  const { layout, notes: layoutNotes } =
    options.layout === undefined ? deriveLayout(model) : { layout: options.layout, notes: [] };
  const weights = readModelWeights(model);
  // In a derived layout they have no dimensions.
  const leaving = options.layout === undefined ? new Set<string>() : outputDims(model, layout);
  const dims = options.dims ?? recurrentDims(layout).filter((dim) => !leaving.has(dim));
  checkDims('pruneLayersModel', dims, layout);
  for (const dim of dims) {
    if (leaving.has(dim)) {
      throw modelError(
        `pruneLayersModel: expected dimensions inside the model, found "${dim}", which is one of its outputs; leave it out of dims.`,
      );
    }
  }
  const pairs = bidirectionalDims(listLayers(model), layout);
  const equal = pairs.map((pair) => pair.dims);
  const removable = chosen(weights, layout, { dims, equal, tolerance, atLeast }, options.target);
  const { kept } = removable;
  const smaller = prune(weights, layout, kept);
  const { model: small, weights: rebuilt } = rebuild(model, layout, kept, smaller.weights);

  const renamed = renameWeights(smaller.layout, rebuilt);
  small.setUserDefinedMetadata({
    ...(model.getUserDefinedMetadata() as Config | undefined),
    iss: { kept, layout: layoutToJson(renameForFile(smaller.layout, rebuilt)) },
  });
  const notes = [
    ...layoutNotes,
    ...paddingNotes(pairs, removable),
    ...projectionNotes(rebuilt.map(([, copy]) => copy)),
    ...compileLike(model, small, renamed),
  ];
  return {
    model: small,
    report: report(layout, smaller.layout, { notes }),
    kept,
    layout: renamed,
    exact: removable.exact,
  };
}

/** What stays of the model: all that is read, or what a target leaves. */
function chosen(
  weights: Weights,
  layout: Layout,
  options: Required<Pick<FindRemovableOptions, 'dims' | 'equal' | 'tolerance' | 'atLeast'>>,
  target: PruneLayersModelOptions['target'],
): Pick<Removable, 'kept' | 'padded' | 'exact'> {
  if (target === undefined) return findRemovable(weights, layout, options);
  const { tolerance, ...common } = options;
  if (tolerance === 0) {
    return { ...chooseKept(weights, layout, { ...target, ...common }), padded: {} };
  }
  throw argumentError(
    `pruneLayersModel: expected a tolerance or a target, found both; leave the tolerance out.`,
  );
}

/** Copies a model with smaller weights: the same graph of the same layers, with the same flags and the kept states. */
function rebuild(
  model: LayersModel,
  layout: Layout,
  kept: Kept,
  weights: Weights,
): { model: LayersModel; weights: Pair<LayerVariable>[] } {
  const values = (weight: LayerVariable): NamedArray => weights[weight.name]!;
  const newShape = (weight: LayerVariable): readonly number[] =>
    weights[weight.name]?.shape ?? (weight.shape as number[]);
  const { model: small, copies } = cloneModel(model, (layer, config, before, now) =>
    resizeConfig(layer, config, newShape, before, now),
  );
  try {
    const pairs = pairLayers(copies);
    const paired = pairWeights(pairs);
    copyTrainable(pairs, paired);
    setWeights(paired, values);
    checkComplete(model, small, paired);
    copyStates(pairs, (cell) => {
      const dim = unitsDim(cell, layout);
      return dim === undefined ? undefined : kept[dim];
    });
    return { model: small, weights: paired };
  } catch (error) {
    for (const copy of copies.values()) disposeLayer(copy);
    throw error;
  }
}

/** Each weight of the model, and no other, must have found its place, in the order and with the flags of the source. */
function checkComplete(
  model: LayersModel,
  small: LayersModel,
  weights: readonly Pair<LayerVariable>[],
): void {
  const copyOf = new Map(weights);
  const list = (key: 'weights' | 'trainableWeights'): void => {
    const expected = (model[key] as unknown as LayerVariable[]).map((weight) => copyOf.get(weight));
    const actual = small[key] as unknown as LayerVariable[];
    const at = expected.findIndex((weight, i) => weight === undefined || weight !== actual[i]);
    if (at === -1 && expected.length === actual.length) return;
    const name = model[key][Math.max(at, 0)]?.name ?? 'none';
    throw modelError(
      `pruneLayersModel: expected the rebuilt model to have the ${key} of the model in their order, found another at "${name}" (${expected.length} before, ${actual.length} after); does a layer's class make other weights from its getConfig()?`,
    );
  };
  list('weights');
  list('trainableWeights');
}

function deriveLayout(model: LayersModel): ExplainedLayout {
  try {
    return layersModelLayout(model as unknown as LayersModelLike, { explain: true });
  } catch (cause) {
    throw modelError(
      `pruneLayersModel: the layout cannot be derived from the model: ${sentence(messageOf(cause))} Or pass a layout under the names of model.weights.`,
      { cause },
    );
  }
}

function readModelWeights(model: LayersModel): Weights {
  const weights: Record<string, NamedArray> = {};
  for (const weight of model.weights) {
    const value = weight.read();
    weights[weight.name] = {
      shape: [...value.shape],
      data: Float32Array.from(value.dataSync<'float32'>()),
    };
  }
  return weights;
}

/** All layers of a model at any depth. */
function listLayers(model: LayersModel): Layer[] {
  const layers = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (layers.has(layer)) return;
    layers.add(layer);
    if (isModel(layer)) layer.layers.forEach(visit);
  };
  visit(model as unknown as Layer);
  return [...layers];
}

/** The new model's weights are new variables, with names of their own. */
function renameWeights(
  layout: Layout,
  weights: readonly Pair<LayerVariable>[],
  nameOf = (copy: LayerVariable): string => copy.name,
): Layout {
  const renamed: Record<string, WeightLayout> = {};
  const names = new Map(weights.map(([source, copy]) => [source.name, nameOf(copy)]));
  for (const [name, weight] of Object.entries(layout.weights)) renamed[names.get(name)!] = weight;
  return { ...layout, weights: renamed };
}

/** The layout under the names that a model file has: those before TensorFlow.js made them unique in this process. */
function renameForFile(layout: Layout, weights: readonly Pair<LayerVariable>[]): Layout {
  const names = new Set(weights.map(([, copy]) => copy.originalName));
  // Of layers with the same name in different models inside the model, TensorFlow.js loads none.
  if (names.size < weights.length) return renameWeights(layout, weights);
  return renameWeights(layout, weights, (copy) => copy.originalName);
}
