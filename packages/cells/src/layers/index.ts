/**
 * Layers and a loss for TensorFlow.js's `tf.layers` that it lacks.
 * @packageDocumentation
 */
export { registerLayers, resetAfterGru } from './reset-after-gru.ts';
export { distillationLoss, type DistillationLossOptions } from './distillation-loss.ts';
export {
  distillationTargets,
  type DistillationTargetsOptions,
  type OutputKind,
} from './packed-targets.ts';
