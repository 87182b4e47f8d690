import { tidy } from '@tensorflow/tfjs-core';
import { maxAbsDifference } from '../../difference.ts';
import type { LayerVariable } from './layer-objects.ts';

/**
 * Notes the weights whose values do not fulfil their constraint: TensorFlow.js applies constraints when weights are set,
 * so whoever loads the model from a file gets projected ones.
 */
export function projectionNotes(weights: readonly LayerVariable[]): string[] {
  return weights.flatMap(({ name, constraint, val }) => {
    if (constraint === null || constraint === undefined) return [];
    const change = tidy(() => {
      const then = constraint.apply(val).dataSync<'float32'>();
      return maxAbsDifference(val.dataSync<'float32'>(), then);
    });
    // A constraint that is met divides by a norm all the same, and rounds.
    if (change <= 1e-5) return [];
    const kind = (constraint as unknown as { getClassName(): string }).getClassName();
    return [
      `"${name}" does not fulfil its ${kind} constraint, which TensorFlow.js applies when weights are loaded or set: it would change by up to ${change.toPrecision(3)}`,
    ];
  });
}
