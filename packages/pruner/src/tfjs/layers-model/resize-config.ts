import { PrunerError } from '../../pruner-error.ts';
import {
  childrenOf,
  ownWeights,
  type Config,
  type Layer,
  type LayerVariable,
  type Shape,
} from './layer-objects.ts';

/** The shape that a weight is to have in the smaller model. */
export type NewShape = (weight: LayerVariable) => readonly number[];

/** Which setting of a layer is the size of which axis of which weight. */
const sizes: Readonly<
  Record<string, readonly (readonly [key: string, weight: string, axis: number])[]>
> = {
  LSTM: [['units', 'recurrent_kernel', 0]],
  GRU: [['units', 'recurrent_kernel', 0]],
  SimpleRNN: [['units', 'recurrent_kernel', 0]],
  LSTMCell: [['units', 'recurrent_kernel', 0]],
  GRUCell: [['units', 'recurrent_kernel', 0]],
  ResetAfterGRU: [['units', 'recurrent_kernel', 0]],
  ResetAfterGRUCell: [['units', 'recurrent_kernel', 0]],
  SimpleRNNCell: [['units', 'recurrent_kernel', 0]],
  Dense: [['units', 'kernel', 1]],
  Embedding: [['outputDim', 'embeddings', 1]],
  Conv1D: [['filters', 'kernel', 2]],
  // These have as many features as their input, and no setting that says so.
  BatchNormalization: [],
  PReLU: [],
};

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
  for (const { layer: inner, path } of childrenOf(layer)) {
    const own = at(config, path);
    resizeConfig(inner, path.length === 0 ? own : (own['config'] as Config), newShape, [], []);
  }
  const [first] = before;
  const [changed] = now;
  if (first !== undefined && changed !== undefined) resizeInput(layer, config, first, changed);
  return config;
}

function resizeWeights(layer: Layer, config: Config, newShape: NewShape): void {
  const shrinking = ownWeights(layer).filter(
    (weight) => String(newShape(weight)) !== String(weight.shape),
  );
  if (shrinking.length === 0) return;
  const kind = layer.getClassName();
  const known = sizes[kind];
  if (known === undefined) {
    throw new PrunerError(
      `pruneLayersModel: expected an LSTM, GRU, SimpleRNN, Dense, Conv1D or Embedding layer to resize, found "${layer.name}" (${kind}); leave its dimension out of dims.`,
    );
  }
  for (const [key, ending, axis] of known) {
    const weight = ownWeights(layer).find(({ originalName }) => endOf(originalName) === ending);
    if (weight !== undefined) config[key] = newShape(weight)[axis];
  }
}

/** Shapes in a configuration that name sizes of the input follow it: the last axis is that of the features. */
function resizeInput(layer: Layer, config: Config, before: Shape, now: Shape): void {
  follow(config, 'batchInputShape', before, now);
  const wrapped = (config['layer'] as Config | undefined)?.['config'] as Config | undefined;
  if (wrapped !== undefined) {
    // What a TimeDistributed wraps sees no axis of time.
    const inside = (shape: Shape): Shape =>
      layer.getClassName() === 'TimeDistributed' ? [shape[0]!, ...shape.slice(2)] : shape;
    follow(wrapped, 'batchInputShape', inside(before), inside(now));
    followFeatures(wrapped, 'noiseShape', before, now);
  }
  followFeatures(config, 'noiseShape', before, now);
  if (layer.getClassName() === 'Reshape') followFeatures(config, 'targetShape', before, now);
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

/** `lstm/recurrent_kernel` ends in `recurrent_kernel`. */
function endOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
