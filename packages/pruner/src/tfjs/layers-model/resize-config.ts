import { layerSizes } from '@secateur/groups';
import { modelError } from '../../pruner-error.ts';
import {
  childrenOf,
  ownWeights,
  unitsPlace,
  type Config,
  type Layer,
  type LayerVariable,
  type Shape,
} from './layer-objects.ts';

/** The shape that a weight is to have in the smaller model. */
export type NewShape = (weight: LayerVariable) => readonly number[];

/**
 * Writes into a layer's configuration what becomes smaller: its units, by the new shapes of its weights, and every width
 * of its input, by what the input was and is now.
 *
 * @throws `PrunerError` for a layer whose weights shrink and of which no setting is known that would do it.
 */
export function resizeConfig(
  layer: Layer,
  config: Config,
  newShape: NewShape,
  before: readonly Shape[],
  now: readonly Shape[],
): Config {
  resizeWeights(layer, config, newShape);
  const [[first], [changed]] = [before, now];
  if (first !== undefined && changed !== undefined) {
    follow(config, 'batchInputShape', first, changed);
    const shape = layerSizes(layer.getClassName())?.follows;
    if (shape !== undefined) followFeatures(config, shape, first, changed);
  }
  for (const { layer: inner, path } of childrenOf(layer)) {
    const place = at(config, path);
    const innerConfig = path.length === 0 ? place : (place['config'] as Config);
    resizeConfig(inner, innerConfig, newShape, inside(layer, before), inside(layer, now));
  }
  return config;
}

/** What a TimeDistributed wraps sees no axis of time. */
function inside(layer: Layer, shapes: readonly Shape[]): readonly Shape[] {
  if (layer.getClassName() !== 'TimeDistributed') return shapes;
  return shapes.map((shape) => [shape[0]!, ...shape.slice(2)]);
}

function resizeWeights(layer: Layer, config: Config, newShape: NewShape): void {
  const shrinking = ownWeights(layer).some(
    (weight) => String(newShape(weight)) !== String(weight.shape),
  );
  if (!shrinking) return;
  const kind = layer.getClassName();
  if (layerSizes(kind) === undefined) {
    throw modelError(
      `pruneLayersModel: expected an LSTM, GRU, SimpleRNN, Dense, Conv1D or Embedding layer to resize, found "${layer.name}" (${kind}); leave its dimension out of dims.`,
    );
  }
  const place = unitsPlace(layer);
  if (place !== undefined) config[place.setting] = newShape(place.weight)[place.axis];
}

/** Replaces each size that a shape shares with what the input was by what it is now. */
function follow(config: Config, key: string, before: Shape, now: Shape): void {
  const shape = config[key];
  if (!Array.isArray(shape) || shape.length !== before.length) return;
  config[key] = shape.map((size: unknown, axis) => (size === before[axis] ? now[axis] : size));
}

/** The last axis of a shape follows the features, of which a Reshape may lay several positions side by side. */
function followFeatures(config: Config, key: string, before: Shape, now: Shape): void {
  const shape = config[key] as (number | null)[] | null | undefined;
  const positions = (shape?.at(-1) ?? 0) / (before.at(-1) ?? 0);
  if (!Array.isArray(shape) || !Number.isInteger(positions) || positions < 1) return;
  config[key] = [...shape.slice(0, -1), positions * now.at(-1)!];
}

function at(config: Config, path: readonly (string | number)[]): Config {
  return path.reduce<unknown>((value, key) => (value as Config)[key], config) as Config;
}
