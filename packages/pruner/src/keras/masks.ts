import { isRecord } from '@secateur/input';
import { badModel, called, isSerialized, type Serialized } from './json.ts';

/**
 * Refuses a model in which masked steps count otherwise in TensorFlow.js: there they repeat the output before them, in both
 * directions too, and a mean over the steps takes them as it takes others.
 */
export function checkMasks(model: Serialized): void {
  const layers = everyLayer(model);
  const masking = layers.find(
    ({ class_name: kind, config }) => kind === 'Masking' || config['mask_zero'] === true,
  );
  if (masking === undefined) return;
  for (const layer of layers) {
    if (layer.class_name === 'GlobalAveragePooling1D') {
      throw badModel(
        `expected no mean over steps that ${called(masking)} masks, found ${called(layer)}: in Keras it leaves them out, in TensorFlow.js it does not; take the mean outside of the model, or train it without masks.`,
      );
    }
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

/** All that has a class and settings, at any depth. */
function everyLayer(value: unknown): Serialized[] {
  if (Array.isArray(value)) return value.flatMap(everyLayer);
  if (!isRecord(value)) return [];
  const inside = Object.values(value).flatMap(everyLayer);
  return isSerialized(value) ? [value, ...inside] : inside;
}
