import { isRecord } from '@secateur/input';
import {
  badModel,
  called,
  isModelConfig,
  isSerialized,
  layersOf,
  type Serialized,
} from './json.ts';

/**
 * Refuses a model in which masked steps count otherwise in TensorFlow.js: there they repeat the output before them, in both
 * directions too, and a mean over the steps takes them as it takes others. What only recurrent layers read is taken: they skip
 * masked steps.
 */
export function checkMasks(model: Serialized): void {
  const layers = everyLayer(model);
  const masking = layers.find(
    ({ class_name: kind, config }) => kind === 'Masking' || config['mask_zero'] === true,
  );
  if (masking === undefined) return;
  const skipped = new Set(layers.filter(isModelConfig).flatMap(readByRecurrent));
  for (const layer of layers) {
    if (layer.class_name === 'GlobalAveragePooling1D') {
      throw badModel(
        `expected no mean over steps that ${called(masking)} masks, found ${called(layer)}: in Keras it leaves them out, in TensorFlow.js it does not; take the mean outside of the model, or train it without masks.`,
      );
    }
    if (skipped.has(layer)) continue;
    const { layer: wrapped } = layer.config;
    if (layer.class_name === 'Bidirectional' && isSerialized(wrapped)) {
      if (wrapped.config['return_sequences'] !== true) continue;
      throw badModel(
        `expected steps that ${called(masking)} masks to repeat the output before them in ${called(layer)}, as they do in TensorFlow.js, found return_sequences true, with which Keras gives zeros there; have it give its last step only, or train it without masks.`,
      );
    }
    const { zero_output_for_mask: zeros, return_sequences: sequences } = layer.config;
    if (zeros !== true || sequences !== true) continue;
    throw badModel(
      `expected steps that ${called(masking)} masks to repeat the output before them in ${called(layer)}, as they do in TensorFlow.js, found zero_output_for_mask true, which gives zeros; set it to false in the file if nothing reads masked steps.`,
    );
  }
}

/** The layers of a model that recurrent layers alone read, which take the same mask, and what is inside of them. */
function readByRecurrent(model: Serialized): Serialized[] {
  const layers = layersOf(model);
  const sources = layers.map((layer) => namesIn(layer['inbound_nodes']));
  const outputs = namesIn(model.config['output_layers']);
  const readersOf = (i: number): number[] => {
    if (model.class_name === 'Sequential') return i + 1 < layers.length ? [i + 1] : [];
    const name = layers[i]!['name'];
    return layers.flatMap((_, at) => (sources[at]!.includes(name) ? at : []));
  };
  const isSkipped = (i: number): boolean => {
    const readers = readersOf(i);
    if (readers.length === 0 || outputs.includes(layers[i]!['name'])) return false;
    // Keras writes layers before those that read them; others could go round in circles.
    return readers.every((at) => at > i && skipsMasked(at));
  };
  const skipsMasked = (i: number): boolean => {
    // Of several inputs or calls it is not clear which is masked.
    if (sources[i]!.length > 1) return false;
    const kind = layers[i]!.class_name;
    return recurrent.includes(kind) || (passing.includes(kind) && isSkipped(i));
  };
  return layers.flatMap((layer, i) =>
    recurrent.includes(layer.class_name) && isSkipped(i) ? everyLayer(layer) : [],
  );
}

const recurrent = ['LSTM', 'GRU', 'SimpleRNN', 'Bidirectional'];
/** What hands a mask on and leaves steps as they are. */
const passing = ['Dropout', 'SpatialDropout1D'];

/** The layers that calls or ends name, as `[name, call, output]`. */
function namesIn(value: unknown): unknown[] {
  if (isRecord(value)) return Object.values(value).flatMap(namesIn);
  if (!Array.isArray(value)) return [];
  const [name, call] = value as unknown[];
  const more = value.flatMap(namesIn);
  return typeof name === 'string' && typeof call === 'number' ? [name, ...more] : more;
}

/** All that has a class and settings, at any depth. */
function everyLayer(value: unknown): Serialized[] {
  if (Array.isArray(value)) return value.flatMap(everyLayer);
  if (!isRecord(value)) return [];
  const inside = Object.values(value).flatMap(everyLayer);
  return isSerialized(value) ? [value, ...inside] : inside;
}
