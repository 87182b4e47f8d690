import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersModelLayout, type LayersModelLike } from '@secateur/groups';
import { messageOf } from '../check-weights.ts';
import { modelError } from '../pruner-error.ts';

/** Throws on what is no `tf.LayersModel`, in the words of `layersModelLayout`, which knows what it is instead. */
export function requireLayersModel(model: LayersModel, caller: string): void {
  const { getUserDefinedMetadata } = (model ?? {}) as Partial<LayersModel>;
  if (typeof getUserDefinedMetadata === 'function') return;
  try {
    layersModelLayout(model as unknown as LayersModelLike);
  } catch (cause) {
    const reason = messageOf(cause).replace(/^layersModelLayout: /, '');
    throw modelError(`${caller}: ${reason}`, { cause });
  }
}
