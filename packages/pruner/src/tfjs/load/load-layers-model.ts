import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkOptions } from '@secateur/input';
import { messageOf } from '../../check-weights.ts';
import { argumentError, modelError } from '../../pruner-error.ts';
import { buildModel } from './build-model.ts';
import { convertKeras } from './convert-keras.ts';
import { groupLassoClass, restoreGroupLasso, savedGroupLasso } from './restore-optimizer.ts';

/** Options of {@link loadLayersModel}. */
export interface LoadLayersModelOptions {
  /**
   * What to compile the model with, if it was saved with its optimizer: `'saved'` (default) that optimizer; `'inner'` only
   * the one inside a group-Lasso optimizer, as TensorFlow.js itself does; `'none'` leaves the model without.
   */
  readonly optimizer?: 'saved' | 'inner' | 'none';
}

/**
 * Loads a `tf.LayersModel` as TensorFlow.js does, from a URL or an IO handler, in any environment. It runs no initializer
 * when the file has weights, also not in models inside models, and keeps them all. A model that was saved with its optimizer comes back compiled, and
 * with a group-Lasso optimizer also its groups (under the names that the weights have now), its schedules and its step.
 * Models that TensorFlow.js's converter made of Keras 2 and 3 are read too; see `kerasToTfjs`. For one with a `GRU` of
 * `reset_after`, Keras's default, call `registerLayers()` of `@secateur/cells/layers` first.
 *
 * @throws `PrunerError` if the files hold no layers model, or a group-Lasso optimizer that cannot be restored.
 *
 * @example
 * ```ts
 * import { io } from '@tensorflow/tfjs-core';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { loadLayersModel } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
 * let saved: io.ModelArtifacts = {};
 * const handler = io.withSaveHandler((artifacts) => {
 *   saved = artifacts;
 *   return Promise.resolve({ modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) });
 * });
 * await model.save(handler);
 * // Of a file on a server it takes the URL of its model.json.
 * const loaded = await loadLayersModel(io.fromMemory(saved));
 * loaded.countParams(); // => 9
 * model.dispose();
 * loaded.dispose();
 * ```
 */
export async function loadLayersModel(
  source: io.IOHandler | string,
  options: LoadLayersModelOptions = {},
): Promise<LayersModel> {
  const handler = typeof source === 'string' ? handlerOf(source) : source;
  if (typeof handler?.load !== 'function') {
    throw modelError(
      `loadLayersModel: expected a URL or an IO handler that loads, found ${typeof source}; pass one such as io.http(url) or layersModelFiles(directory).`,
    );
  }
  return buildLayersModel(await handler.load(), options, '');
}

/** Builds a model from artifacts; `place` is put behind "a layers model" in errors. */
export async function buildLayersModel(
  artifacts: io.ModelArtifacts,
  options: LoadLayersModelOptions,
  place: string,
): Promise<LayersModel> {
  checkOptions('loadLayersModel', options, { optimizer: true }, argumentError);
  const { optimizer = 'saved' } = options;
  if (!['saved', 'inner', 'none'].includes(optimizer)) {
    throw modelError(
      `loadLayersModel: expected optimizer to be 'saved', 'inner' or 'none', found '${String(optimizer)}'; choose one of them.`,
    );
  }
  const { trainingConfig, ...untrained } = artifacts;
  const saved = optimizer === 'saved' ? savedGroupLasso(trainingConfig) : undefined;
  const kind = saved && groupLassoClass();
  const model = await build(optimizer === 'none' ? untrained : artifacts, place);
  if (saved === undefined) return model;
  try {
    restoreGroupLasso(model, kind!, saved);
    return model;
  } catch (error) {
    model.optimizer.dispose();
    model.dispose();
    throw error;
  }
}

async function build(given: io.ModelArtifacts, place: string): Promise<LayersModel> {
  const artifacts = convertKeras(given, place);
  try {
    return await buildModel(artifacts);
  } catch (cause) {
    throw modelError(
      `loadLayersModel: expected a layers model${place}, found one that TensorFlow.js does not build: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** The handler that TensorFlow.js takes for a URL. */
function handlerOf(url: string): io.IOHandler {
  const handlers = io.getLoadHandlers(url) as io.IOHandler[];
  if (handlers.length > 1) {
    throw modelError(
      `loadLayersModel: expected one handler for "${url}", found ${handlers.length}; pass the handler itself.`,
    );
  }
  return handlers[0] ?? io.browserHTTPRequest(url);
}
