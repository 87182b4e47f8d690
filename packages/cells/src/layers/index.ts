/**
 * Layers for TensorFlow.js's `tf.layers` that it lacks.
 * @packageDocumentation
 */
export { registerLayers, resetAfterGru } from './reset-after-gru.ts';
