import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  layersModelLayout,
  layoutToJson,
  recurrentDims,
  type Layout,
  type LayersModelLike,
  type NamedArray,
  type Weights,
  type WeightLayout,
} from '@secateur/groups';
import { checkDims, messageOf } from '../check-weights.ts';
import { findRemovable } from '../find-removable.ts';
import { prune } from '../prune.ts';
import { PrunerError } from '../pruner-error.ts';
import { report, type PruneReport } from '../report.ts';
import type { Kept } from '../types.ts';
import { outputDims, sizedLayers, type SizedLayer } from './layer-dims.ts';
import { modelFromConfig, resizeLayers, zeroInitialisers, type Config } from './layers-config.ts';

/** Settings of {@link pruneLayersModel}. */
export interface PruneLayersModelOptions {
  /** Layout under the names of the model's weights; default derived from the model. */
  readonly layout?: Layout;
  /** Dimensions to prune; default the recurrent ones that do not leave the model. */
  readonly dims?: readonly string[];
  /** Entries of at most this size count as zero; default 0, which alone is exact. */
  readonly tolerance?: number;
}

/** A model after {@link pruneLayersModel}. */
export interface PrunedLayersModel {
  /** A new, smaller, uncompiled model of stock layers; the old one is untouched and still the caller's to dispose. */
  readonly model: LayersModel;
  /** Sizes before and after, with a note for every direction that was padded. */
  readonly report: PruneReport;
  /** Kept indices per dimension. */
  readonly kept: Kept;
  /** Layout of the new model, under the names of its weights. */
  readonly layout: Layout;
  /** Whether the new model computes exactly what the old one does; false when a tolerance was given. */
  readonly exact: boolean;
}

/**
 * Removes dead components from a `tf.LayersModel` and rebuilds it, smaller, from the same stock layers.
 *
 * Keeps at least one unit per layer. A stock `Bidirectional` holds one size for both directions: the larger stays and
 * the other direction keeps as many dead units, which changes no output; the report says so. The kept indices and the
 * layout are stored in the model's user-defined metadata under `iss`.
 */
export function pruneLayersModel(
  model: LayersModel,
  options: PruneLayersModelOptions = {},
): PrunedLayersModel {
  const { layout = deriveLayout(model), tolerance = 0 } = options;
  const weights = readModelWeights(model);
  const leaving = outputDims(model, layout);
  const dims = options.dims ?? recurrentDims(layout).filter((dim) => !leaving.has(dim));
  checkDims('pruneLayersModel', dims, layout);
  for (const dim of dims) {
    if (leaving.has(dim)) {
      throw new PrunerError(
        `pruneLayersModel: expected dimensions inside the model, found "${dim}", which is one of its outputs; leave it out of dims.`,
      );
    }
  }
  const found = findRemovable(weights, layout, { dims, tolerance });
  const layers = sizedLayers(model, layout);
  const { kept, notes } = padDirections(layers, found.kept, found.removed);
  const smaller = prune(weights, layout, kept);

  const config = jsonOf(model.getConfig());
  const sizes = new Map<string, number>();
  for (const { name, dims: own } of layers) {
    const [dim] = own.filter((candidate) => Object.hasOwn(kept, candidate));
    if (dim !== undefined) sizes.set(name, kept[dim]!.length);
  }
  resizeLayers(config, sizes);
  zeroInitialisers(config);
  const small = modelFromConfig(model, config);
  const renamed = fillWeights(small, Object.keys(weights), smaller.weights, smaller.layout);
  small.setUserDefinedMetadata({
    ...(model.getUserDefinedMetadata() as Config | undefined),
    iss: { kept, layout: layoutToJson(renamed) },
  });
  return {
    model: small,
    report: report(layout, smaller.layout, { notes }),
    kept,
    layout: renamed,
    exact: found.exact,
  };
}

function deriveLayout(model: LayersModel): Layout {
  try {
    return layersModelLayout(model as unknown as LayersModelLike);
  } catch (cause) {
    throw new PrunerError(
      `pruneLayersModel: the layout cannot be derived from the model: ${messageOf(cause)} Or pass a layout under the names of model.weights.`,
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

/** A copy to write to; some values are instances of tfjs classes before they went through JSON. */
function jsonOf(config: unknown): Config {
  return JSON.parse(JSON.stringify(config)) as Config;
}

/** Gives both directions of a bidirectional layer the larger count, the smaller one keeping its first dead units. */
function padDirections(
  layers: readonly SizedLayer[],
  found: Kept,
  removed: Readonly<Record<string, readonly number[]>>,
): { kept: Kept; notes: string[] } {
  const kept: Record<string, readonly number[]> = { ...found };
  const pairs = layers.filter(
    ({ className, dims }) => className === 'Bidirectional' && dims.length > 1,
  );
  for (const { name, dims } of pairs) {
    const own = dims.filter((dim) => Object.hasOwn(found, dim));
    if (own.length > 0 && own.length < dims.length) {
      throw new PrunerError(
        `pruneLayersModel: expected both directions of "${name}" (${dims.join(', ')}) in dims or neither, found only ${own.join(', ')}; a stock Bidirectional has one size for both.`,
      );
    }
  }
  const ready = pairs.filter(({ dims }) => dims.every((dim) => Object.hasOwn(found, dim)));
  // Layers can share a dimension (through an Add, say), so padding one may ask for padding another.
  for (let changed = true; changed;) {
    changed = false;
    for (const { dims } of ready) {
      const size = Math.max(...dims.map((dim) => kept[dim]!.length));
      for (const dim of dims) {
        const missing = size - found[dim]!.length;
        if (kept[dim]!.length === size) continue;
        kept[dim] = [...found[dim]!, ...removed[dim]!.slice(0, missing)].sort((a, b) => a - b);
        changed = true;
      }
    }
  }
  const notes = ready.flatMap(({ name, dims }) =>
    dims.flatMap((dim) => {
      const missing = kept[dim]!.length - found[dim]!.length;
      return missing === 0 ? [] : [paddingNote(name, dim, found[dim]!.length, missing)];
    }),
  );
  return { kept, notes };
}

function paddingNote(layer: string, dim: string, needed: number, padding: number): string {
  return `${layer}: "${dim}" needs ${needed} units, but a stock Bidirectional layer has one size for both directions, so it keeps ${padding} dead ${padding === 1 ? 'unit' : 'units'} and has ${needed + padding}`;
}

/** Sets the new model's weights, which come in the old order under new names, and renames the layout's weights. */
function fillWeights(
  model: LayersModel,
  names: readonly string[],
  weights: Weights,
  layout: Layout,
): Layout {
  const renamed: Record<string, WeightLayout> = {};
  const mismatch = model.weights.findIndex((weight, i) => {
    const name = names[i];
    if (name === undefined) return true;
    renamed[weight.name] = layout.weights[name]!;
    return String(weight.shape) !== String(weights[name]!.shape);
  });
  if (mismatch !== -1 || model.weights.length !== names.length) {
    const weight = model.weights[Math.max(mismatch, 0)];
    const expected = weights[names[Math.max(mismatch, 0)] ?? '']?.shape.join(', ');
    const found = weight ? `"${weight.name}" [${weight.shape.join(', ')}]` : 'no weight';
    dispose(model.weights.map((each) => each.read()));
    throw new PrunerError(
      `pruneLayersModel: expected a rebuilt weight of shape [${expected ?? ''}], found ${found}; does the given layout describe this model's layers?`,
    );
  }
  tidy(() => {
    model.setWeights(names.map((name) => tensor(weights[name]!.data, [...weights[name]!.shape])));
  });
  return { ...layout, weights: renamed };
}
