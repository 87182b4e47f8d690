import { isRecord } from '@secateur/input';
import { badModel, called, isSerialized, type Serialized } from './json.ts';

/** Refuses a model whose masked steps give something else in TensorFlow.js, which repeats the output before them. */
export function checkMasks(model: Serialized): void {
  const layers = everyLayer(model);
  const masking = layers.find(
    ({ class_name: kind, config }) => kind === 'Masking' || config['mask_zero'] === true,
  );
  if (masking === undefined) return;
  for (const layer of layers) {
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
