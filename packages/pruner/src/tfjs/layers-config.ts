import type { LayersModel } from '@tensorflow/tfjs-layers';
import { PrunerError } from '../pruner-error.ts';

/** A layer's or model's configuration as TensorFlow.js writes it: JSON. */
export type Config = Record<string, unknown>;

/**
 * Replaces every initialiser in a configuration by zeros, in the camel case of a live model and the snake case of
 * model.json: weights follow anyway, and the default orthogonal initialiser of recurrent layers takes many seconds.
 */
export function zeroInitialisers(config: unknown): void {
  if (typeof config !== 'object' || config === null) return;
  for (const [key, value] of Object.entries(config)) {
    if (key.endsWith('Initializer')) (config as Config)[key] = { className: 'Zeros', config: {} };
    else if (key.endsWith('_initializer')) {
      (config as Config)[key] = { class_name: 'Zeros', config: {} };
    } else zeroInitialisers(value);
  }
}

/** Sets the sizes of layers, found by name at any depth (models in models, wrapped layers). */
export function resizeLayers(config: unknown, sizes: ReadonlyMap<string, number>): void {
  if (typeof config !== 'object' || config === null) return;
  const { className, config: own } = config as Config;
  if (typeof className === 'string' && typeof own === 'object' && own !== null) {
    const layer = own as Config;
    const units = sizes.get(String(layer['name']));
    if (units !== undefined) setUnits(className, layer, units);
  }
  for (const value of Object.values(config)) resizeLayers(value, sizes);
}

const sizeKeys: Readonly<Record<string, string>> = {
  LSTM: 'units',
  GRU: 'units',
  SimpleRNN: 'units',
  Dense: 'units',
  Embedding: 'outputDim',
};

/** A wrapper has no size of its own: that of the layer it wraps is set. */
function setUnits(className: string, layer: Config, units: number): void {
  const wrapped = layer['layer'] as { className: string; config: Config } | undefined;
  if ((className === 'Bidirectional' || className === 'TimeDistributed') && wrapped !== undefined) {
    setUnits(wrapped.className, wrapped.config, units);
    return;
  }
  const key = sizeKeys[className];
  if (key === undefined || !Object.hasOwn(layer, key)) {
    throw new PrunerError(
      `pruneLayersModel: expected an LSTM, GRU, SimpleRNN, Dense or Embedding layer to resize, found "${String(layer['name'])}" (${className}); leave its dimension out of dims.`,
    );
  }
  layer[key] = units;
}

/** Builds a model of the same class from a configuration. */
export function modelFromConfig(model: LayersModel, config: Config): LayersModel {
  const kind = model.constructor as unknown as {
    fromConfig(kind: unknown, config: Config): LayersModel;
  };
  return kind.fromConfig(kind, config);
}
