/**
 * Pruning of TensorFlow.js variables, optimizers and layers models.
 * @packageDocumentation
 */
export { fetchVariables, readVariables } from './read-variables.ts';
export { compact, type Compacted, type CompactOptions, type Training } from './compact.ts';
export {
  pruneLayersModel,
  type PrunedLayersModel,
  type PruneLayersModelOptions,
} from './prune-layers-model.ts';
export { toLayersModel, type ToLayersModelOptions } from './stock-model/to-layers-model.ts';
export { loadLayersModel, type LoadLayersModelOptions } from './load/load-layers-model.ts';
export { verify, type Outputs, type Verification } from './verify.ts';
