import { isRecord } from '@secateur/input';
import { badModel, isModelConfig, isSerialized } from './json.ts';
import { convertModel } from './layers.ts';
import { checkMasks } from './masks.ts';
import { weightNames, type RenameWeight } from './weight-names.ts';

/** A parsed `model.json` of a layers model, as a TensorFlow.js converter or `model.save` writes it. */
export interface ModelJson {
  /** The graph, with its layers and their settings. */
  readonly modelTopology?: unknown;
  /** Names, shapes and files of the weights. */
  readonly weightsManifest?: unknown;
  readonly [key: string]: unknown;
}

/**
 * Turns the `model.json` of a Keras model into one that TensorFlow.js 4.22 reads: settings and calls as Keras 3 writes them,
 * names of weights that are paths (`sequential/lstm/lstm_cell/kernel`) or places (`layers/lstm/cell/vars/0`). A GRU with
 * `reset_after`, the default of Keras, becomes the layer `ResetAfterGRU` of `@secateur/cells/layers`. What TensorFlow.js wrote
 * is handed on as it is.
 *
 * @throws {@link PrunerError} where TensorFlow.js would compute something else without a word, and where it is not clear
 * to which layer a weight belongs.
 *
 * @example
 * ```ts
 * import { kerasToTfjs } from '@secateur/pruner';
 *
 * const dense = { class_name: 'Dense', config: { name: 'answer', units: 1 } };
 * const input = { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 2] } };
 * const { modelTopology, weightsManifest } = kerasToTfjs({
 *   modelTopology: {
 *     keras_version: '3.15.1',
 *     model_config: { class_name: 'Sequential', config: { name: 'net', layers: [input, dense] } },
 *   },
 *   weightsManifest: [{ paths: ['w.bin'], weights: [{ name: 'net/answer/kernel', shape: [2, 1] }] }],
 * });
 * weightsManifest[0]!.weights[0]!.name; // => 'answer/kernel'
 * modelTopology.model_config.config.layers[0]!.config; // => { name: 'x', batch_input_shape: [null, 2] }
 * ```
 */
export function kerasToTfjs<T extends ModelJson>(json: T): T {
  const topology = json.modelTopology;
  if (!isRecord(topology)) {
    throw badModel(
      `expected a parsed model.json with a modelTopology, found keys ${Object.keys(json).join(', ') || '(none)'}; is it a layers model?`,
    );
  }
  const version = String(topology['keras_version'] ?? '');
  if (version.startsWith('tfjs')) return json;
  const model = topology['model_config'] ?? topology;
  // Anything else is for TensorFlow.js to refuse.
  if (!isSerialized(model) || !isModelConfig(model)) return json;
  const keras3 = version === '' ? hasMarks(model) : !/^[12]\b/.test(version);
  checkMasks(model);
  const converted = convertModel(model, keras3);
  const whole = 'model_config' in topology ? { model_config: converted } : converted;
  // Keras 2 names its weights as TensorFlow.js does.
  const rename = /^[12]\b/.test(version) ? undefined : weightNames(converted);
  return {
    ...json,
    // From here on it is TensorFlow.js's.
    modelTopology: { ...topology, ...whole, keras_version: 'tfjs-layers 4.22.0' },
    ...(rename && { weightsManifest: renameAll(json.weightsManifest, rename) }),
  };
}

/** Whether a model is written as Keras 3 does, when the file does not say its version. */
function hasMarks(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasMarks);
  if (!isRecord(value)) return false;
  const marks = ['batch_shape', 'registered_name', 'kwargs', 'zero_output_for_mask'];
  return marks.some((key) => key in value) || Object.values(value).some(hasMarks);
}

function renameAll(manifest: unknown, rename: RenameWeight): unknown {
  if (!Array.isArray(manifest)) return manifest;
  return manifest.map((group: unknown) => {
    if (!isRecord(group) || !Array.isArray(group['weights'])) return group;
    const weights = group['weights'].map((weight: unknown) =>
      isRecord(weight) && typeof weight['name'] === 'string'
        ? { ...weight, name: rename(weight['name']) }
        : weight,
    );
    return { ...group, weights };
  });
}
