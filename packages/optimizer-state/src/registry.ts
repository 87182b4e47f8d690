import { engine, variable, type Rank, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/**
 * All variables that TensorFlow.js has, by name, in the order in which they were made.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { scalar, setBackend, variable } from '@tensorflow/tfjs-core';
 * import { registeredVariables } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const bias = variable(scalar(1), true, 'registered/bias');
 * registeredVariables()['registered/bias'] === bias; // => true
 * bias.dispose();
 * 'registered/bias' in registeredVariables(); // => false
 * ```
 */
export function registeredVariables(): Readonly<Record<string, Variable>> {
  return engine().registeredVariables;
}

/**
 * Disposes a variable and makes one of another value in its place: of the same name and trainability, at the same place in the
 * registry. TensorFlow.js's optimizers find a weight's state by the position of its gradient, and gradients of all variables come in
 * the registry's order. The value stays the caller's.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { scalar, setBackend, tensor1d, variable } from '@tensorflow/tfjs-core';
 * import { registeredVariables, replaceVariable } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const [first, second] = ['first', 'second'].map((name) => variable(scalar(1), true, name));
 * const value = tensor1d([1, 2]);
 * const longer = replaceVariable(first!, value);
 * longer.shape; // => [2]
 * Object.keys(registeredVariables()).slice(-2); // => ['first', 'second']
 * for (const tensor of [second!, value, longer]) tensor.dispose();
 * ```
 */
export function replaceVariable<R extends Rank>(old: Variable, value: Tensor<R>): Variable<R> {
  const registry = engine().registeredVariables;
  const names = Object.keys(registry);
  old.dispose();
  const replacement = variable(value, old.trainable, old.name);
  for (const name of names) {
    const registered = registry[name];
    if (registered === undefined) continue;
    Reflect.deleteProperty(registry, name);
    registry[name] = registered;
  }
  return replacement;
}
