import { tensor, tidy, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { Weights } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError } from '../error.ts';

/**
 * Weights as tensors of the same names, float32, for a forward pass.
 *
 * @example
 * ```ts
 * import { dispose } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { weightTensors } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const tensors = weightTensors({ 'out/kernel': { shape: [2, 1], data: Float32Array.of(3, 4) } });
 * tensors['out/kernel']?.arraySync(); // => [[3], [4]]
 * dispose(tensors);
 * ```
 */
export function weightTensors(weights: Weights): Record<string, Tensor> {
  return mapped(weights, ({ data, shape }) => tensor(data, [...shape], 'float32'));
}

/**
 * Weights as variables of the same names, for training. TensorFlow.js registers variables by name and allows each once; where
 * two networks train in one process, `prefix` tells those of one apart, and `groupLasso` takes the record as its `variables`.
 *
 * @example
 * ```ts
 * import { dispose } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { weightVariables } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const weights = { 'out/bias': { shape: [2], data: Float32Array.of(0, 0) } };
 * const student = weightVariables(weights, { prefix: 'student/' });
 * Object.keys(student); // => ['out/bias']
 * student['out/bias']?.name; // => student/out/bias
 * student['out/bias']?.trainable; // => true
 * dispose(student);
 * ```
 */
export function weightVariables(
  weights: Weights,
  options: { readonly prefix?: string } = {},
): Record<string, Variable> {
  checkOptions('weightVariables', options, { prefix: true }, argumentError);
  const { prefix = '' } = options;
  return mapped(weights, ({ data, shape }, name) =>
    tidy(() => variable(tensor(data, [...shape], 'float32'), true, `${prefix}${name}`)),
  );
}

/** On failure none of them stays. */
function mapped<T extends Tensor>(
  weights: Weights,
  make: (weight: Weights[string], name: string) => T,
): Record<string, T> {
  const tensors: Record<string, T> = {};
  try {
    for (const [name, weight] of Object.entries(weights)) tensors[name] = make(weight, name);
  } catch (error) {
    for (const each of Object.values(tensors)) each.dispose();
    throw error;
  }
  return tensors;
}
