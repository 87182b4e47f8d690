import { namesText } from '@secateur/input';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NamedArray, Weights } from '@secateur/groups';
import { registeredVariables } from '@secateur/optimizer-state';
import { argumentError } from '../pruner-error.ts';

/**
 * Copies variables into typed arrays: those of a record under its keys, or registered ones under their names.
 *
 * It reads synchronously; on a backend that cannot (WebGPU in Node) use {@link fetchVariables}.
 *
 * @example
 * ```ts
 * import { tensor2d, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { readVariables } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const kernel = variable(tensor2d([[1, 2]]));
 * readVariables({ 'out/kernel': kernel }); // => { 'out/kernel': { shape: [1, 2], data: [1, 2] } }
 * kernel.dispose();
 * ```
 */
export function readVariables(
  variables: Readonly<Record<string, Variable>> | readonly string[],
): Weights {
  const weights: Record<string, NamedArray> = {};
  for (const [name, variable] of Object.entries(findVariables('readVariables', variables))) {
    weights[name] = copy(variable, variable.dataSync<'float32'>());
  }
  return weights;
}

/**
 * Copies variables into typed arrays as {@link readVariables} does, without blocking.
 *
 * @example
 * ```ts
 * import { tensor1d, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { fetchVariables } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const bias = variable(tensor1d([3, 4]), true, 'fetched/bias');
 * const weights = await fetchVariables(['fetched/bias']);
 * weights['fetched/bias']?.data; // => [3, 4]
 * bias.dispose();
 * ```
 */
export async function fetchVariables(
  variables: Readonly<Record<string, Variable>> | readonly string[],
): Promise<Weights> {
  const weights: Record<string, NamedArray> = {};
  for (const [name, variable] of Object.entries(findVariables('fetchVariables', variables))) {
    weights[name] = copy(variable, await variable.data<'float32'>());
  }
  return weights;
}

/** Copies the values, because the CPU backend hands out its own array, which the next step may write to. */
function copy(tensor: Tensor, data: Float32Array): NamedArray {
  return { shape: [...tensor.shape], data: Float32Array.from(data) };
}

function findVariables(
  caller: string,
  variables: Readonly<Record<string, Variable>> | readonly string[],
): Record<string, Variable> {
  const byName: Record<string, Variable> = {};
  const registered = registeredVariables();
  const entries = Array.isArray(variables)
    ? (variables as readonly string[]).map((name) => [name, registered[name]] as const)
    : Object.entries(variables as Readonly<Record<string, Variable>>);
  for (const [name, variable] of entries) {
    if (variable === undefined || variable.isDisposed) {
      throw argumentError(
        `${caller}: expected a variable for "${name}", found ${variable ? 'a disposed one' : 'none'}; registered are ${namesText(Object.keys(registered), 8)}.`,
      );
    }
    if (variable.dtype !== 'float32') {
      throw argumentError(
        `${caller}: expected a float32 variable for "${name}", found ${variable.dtype}; only float32 weights can be pruned.`,
      );
    }
    byName[name] = variable;
  }
  return byName;
}
