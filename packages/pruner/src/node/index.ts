/**
 * Model files in plain Node: safetensors directories and `tf.LayersModel` directories.
 * @packageDocumentation
 */
export {
  readModelDirectory,
  writeModelDirectory,
  type ModelDirectory,
  type ModelDirectoryInput,
} from './model-directory.ts';
export {
  layersModelFiles,
  loadLayersModel,
  saveLayersModel,
  type LayersModelFiles,
  type SaveLayersModelOptions,
} from './layers-model-files.ts';
export type { LoadLayersModelOptions } from '../tfjs/load/load-layers-model.ts';
export type { StoredTypes } from '../safetensors.ts';
