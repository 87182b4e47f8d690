import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedArray } from '@secateur/groups';
import { modelError } from '../../pruner-error.ts';
import { sliceArray } from '../../slice-array.ts';
import {
  childrenOf,
  isModel,
  ownWeights,
  type Layer,
  type LayerVariable,
  type Model,
  type Recurrent,
} from './layer-objects.ts';

/** Two layers, of which the second is the copy of the first. */
export type Pair<T = Layer> = readonly [source: T, copy: T];

/** All pairs of layers in a copied model, the outer before those inside it. */
export function pairLayers(copies: ReadonlyMap<Layer, Layer>): Pair[] {
  const pairs: Pair[] = [];
  const add = ([source, copy]: Pair): void => {
    pairs.push([source, copy]);
    const inside = childrenOf(copy);
    childrenOf(source).forEach(({ layer }, i) => {
      add([layer, inside[i]!.layer]);
    });
    // A model that a wrapper holds is not called by the graph, so it was copied with the wrapper.
    if (isModel(source) && !copies.has(source)) {
      source.layers.forEach((layer, i) => {
        add([layer, (copy as Model).layers[i]!]);
      });
    }
  };
  // Models first: what they say of their layers, those then say of themselves.
  const entries = [...copies];
  for (const pair of entries) if (isModel(pair[0])) add(pair);
  for (const pair of entries) if (!isModel(pair[0])) add(pair);
  return pairs;
}

/**
 * The weights of all pairs of layers.
 *
 * @throws `PrunerError` if a copy has other weights than its source.
 */
export function pairWeights(pairs: readonly Pair[]): Pair<LayerVariable>[] {
  return pairs.flatMap(([source, copy]) => {
    const [from, to] = [ownWeights(source), ownWeights(copy)];
    if (from.length !== to.length) {
      throw modelError(
        `pruneLayersModel: expected the rebuilt layer "${source.name}" to have ${from.length} weights, found ${to.length}; its class (${source.getClassName()}) does not make the same layer from its getConfig().`,
      );
    }
    return from.map((weight, i): Pair<LayerVariable> => [weight, to[i]!]);
  });
}

/** Freezes in the copy what is frozen in the source: models, layers, and single weights. */
export function copyTrainable(
  pairs: readonly Pair[],
  weights: readonly Pair<LayerVariable>[],
): void {
  const differing = ([source, copy]: Pair): boolean => source.trainable !== copy.trainable;
  for (const [source, copy] of pairs) {
    const inner = innerModels(source, copy);
    if (inner !== undefined && differing(inner)) inner[1].trainable = inner[0].trainable;
    if (differing([source, copy])) copy.trainable = source.trainable;
  }
  // Setting a layer's flag sets those of its weights, which may have been set one by one since.
  for (const [source, copy] of weights) copy.trainable = source.trainable;
}

/** A Sequential model trains through a model of its own, whose flag can differ from its own. */
function innerModels(source: Layer, copy: Layer): Pair | undefined {
  if (!isModel(source) || source.model === undefined || source.model === null) return undefined;
  const { model } = copy as Model;
  return model === undefined || model === null ? undefined : [source.model, model];
}

/**
 * Sets the weights of a copied model and reads them back.
 *
 * Constraints are set past: TensorFlow.js applies them whenever weights are set, but not while it trains, so the values
 * of a trained model need not fulfil them.
 *
 * @throws `PrunerError` if a weight has another shape than its values, or other values afterwards.
 */
export function setWeights(
  weights: readonly Pair<LayerVariable>[],
  valuesOf: (source: LayerVariable) => NamedArray,
): void {
  for (const [source, copy] of weights) {
    // Only float32 weights can shrink; others are handed on as they are.
    const { data, shape } =
      source.dtype === 'float32'
        ? valuesOf(source)
        : { data: source.val.dataSync(), shape: source.val.shape };
    if (String(copy.shape) !== String(shape)) {
      throw modelError(
        `pruneLayersModel: expected a rebuilt weight "${source.name}" of shape [${shape.join(', ')}], found [${copy.shape.join(', ')}]; does the given layout describe this model's layers?`,
      );
    }
    tidy(() => {
      copy.val.assign(tensor(data, [...shape], copy.val.dtype as 'float32'));
    });
    const differs = differingIndex(copy.val.dataSync(), data);
    if (differs !== -1) {
      throw modelError(
        `pruneLayersModel: expected ${data[differs]} at position ${differs} of "${source.name}" in the smaller model, found ${copy.val.dataSync()[differs]}; this is a fault of pruneLayersModel or of the backend, please report it.`,
      );
    }
  }
}

function differingIndex(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return 0;
  for (let i = 0; i < wanted.length; i++) if (!Object.is(actual[i], wanted[i])) return i;
  return -1;
}

/** Carries the states of stateful layers over, cut to the units that are kept. */
export function copyStates(
  pairs: readonly Pair[],
  keptUnits: (cell: Layer) => readonly number[] | undefined,
): void {
  for (const [source, copy] of pairs) {
    const { cell, states_: states } = source as Recurrent;
    if (cell === undefined || !source.stateful || states === null || states === undefined) continue;
    // The states of a stack of cells come in reverse order.
    const cells = childrenOf(cell).map(({ layer }) => layer);
    const owners = cells.length === 0 ? [cell] : cells.reverse();
    const indices = owners.flatMap((owner) => {
      const { stateSize } = owner as unknown as { stateSize: number | readonly number[] };
      return [stateSize].flat().map(() => keptUnits(owner));
    });
    const cut = tidy(() => states.map((state, i) => cutState(state, indices[i])));
    (copy as Recurrent).resetStates(cut);
    for (const state of cut) state.dispose();
  }
}

/** Keeps some units of a state `[batch, units]`. */
function cutState(state: Tensor, units: readonly number[] | undefined): Tensor {
  if (units === undefined) return state.clone();
  const { data, shape } = sliceArray(Float32Array.from(state.dataSync<'float32'>()), state.shape, [
    undefined,
    units,
  ]);
  return tensor(data, [...shape]);
}
