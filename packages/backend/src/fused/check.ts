import { Tensor } from '@tensorflow/tfjs-core';
import type { InputContract } from './contract.ts';
import { isMet } from './contract-met.ts';

/** Who checks: the name that messages begin with, and what makes the errors. */
export interface Caller {
  readonly name: string;
  readonly failure: (message: string) => Error;
}

/** Sizes by name, and under `...` names the shapes of any rank. */
export type Sizes = Record<string, number | readonly number[]>;

/**
 * Checks the inputs of a call against their contract: what is there, types, shapes, and that the same name is the same size everywhere.
 *
 * @throws the caller's error, which names the input, what was expected and what was found.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { checkInputs, contracts } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const caller = { name: 'myLoss', failure: (message: string) => new RangeError(message) };
 * // One label for two rows of logits.
 * const inputs = { logits: tensor2d([[1], [2]]), labels: tensor1d([0], 'int32') };
 * let message = '';
 * try {
 *   checkInputs(caller, contracts.SparseSoftmaxCrossEntropy, inputs);
 * } catch (error) {
 *   message = String(error);
 * }
 * message.split(';')[0]; // => RangeError: myLoss: expected labels to be int32 [2], found int32 [1]
 * ```
 */
export function checkInputs(
  caller: Caller,
  contract: InputContract,
  inputs: Readonly<Record<string, unknown>>,
): void {
  if (isMet(contract, inputs)) return;
  // Something is wrong; what it is may take its time.
  const { optional = [], indices = {}, nonEmpty = [] } = contract;
  const sizes: Sizes = {};
  for (const [name, shape] of Object.entries(contract.inputs)) {
    const value = inputs[name];
    if (value === undefined && optional.includes(name)) continue;
    checkTensor(caller, name, value, shape, name in indices ? 'int32' : 'float32', sizes);
  }
  throw caller.failure(
    `${caller.name}: expected ${nonEmpty.join(' and ')} to be at least 1, found ${nonEmpty.map((size) => sizes[size]).join(' and ')}; leave out what is empty.`,
  );
}

/**
 * Checks that a value is a tensor of this type and shape. Names of sizes that are not in `sizes` match any, and are put there.
 *
 * @example
 * ```ts
 * import { zeros } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { checkTensor, type Sizes } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const caller = { name: 'myLayer', failure: (message: string) => new RangeError(message) };
 * const sizes: Sizes = { units: 2 };
 * checkTensor(caller, 'kernel', zeros([3, 2]), ['input', 'units'], 'float32', sizes);
 * sizes; // => { units: 2, input: 3 }
 * ```
 */
export function checkTensor(
  caller: Caller,
  name: string,
  value: unknown,
  shape: readonly (number | string)[],
  dtype: 'float32' | 'int32' = 'float32',
  sizes: Sizes = {},
): asserts value is Tensor {
  const usable = value instanceof Tensor && !value.isDisposed && value.dtype === dtype;
  if (usable && fits(value.shape, shape, sizes)) return;
  const expected = shape.flatMap((size) =>
    typeof size === 'number' ? size : (sizes[size] ?? open(size)),
  );
  const remedy =
    value instanceof Tensor && value.isDisposed
      ? 'dispose it later, or keep it from the tidy'
      : 'check the order of its axes and its dtype';
  throw caller.failure(
    `${caller.name}: expected ${name} to be ${dtype} [${expected.join(', ')}], found ${describeTensor(value)}; ${remedy}.`,
  );
}

/**
 * Names a value for an error message: a tensor by dtype and shape, or as disposed.
 *
 * @example
 * ```ts
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { describeTensor } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * describeTensor(tensor2d([[1, 2, 3]])); // => float32 [1, 3]
 * describeTensor(undefined); // => undefined
 * ```
 */
export function describeTensor(value: unknown): string {
  if (!(value instanceof Tensor)) return String(value);
  return value.isDisposed ? 'a disposed tensor' : `${value.dtype} [${value.shape.join(', ')}]`;
}

const open = (size: string): string => (isAnyRank(size) ? '...' : size);

const isAnyRank = (size: number | string | undefined): size is string =>
  typeof size === 'string' && size.startsWith('...');

/** Whether a shape is the one that is named; if so, remembers the sizes that it is the first to have. */
function fits(
  shape: readonly number[],
  named: readonly (number | string)[],
  sizes: Sizes,
): boolean {
  const free = isAnyRank(named[0]) ? named[0] : undefined;
  // How far the axes of `shape` are behind those of `named`.
  const ahead = shape.length - named.length;
  if (free === undefined ? ahead !== 0 : ahead < -1) return false;
  const known = free === undefined ? undefined : (sizes[free] as readonly number[] | undefined);
  if (known !== undefined && known.length !== ahead + 1) return false;
  if (known?.some((size, axis) => size !== shape[axis]) === true) return false;
  const from = free === undefined ? 0 : 1;
  for (let k = from; k < named.length; k++) {
    const name = named[k]!;
    const expected = typeof name === 'number' ? name : sizes[name];
    if (expected !== undefined && expected !== shape[ahead + k]) return false;
  }
  if (free !== undefined) sizes[free] = shape.slice(0, ahead + 1);
  for (let k = from; k < named.length; k++) {
    const name = named[k]!;
    if (typeof name === 'string') sizes[name] = shape[ahead + k]!;
  }
  return true;
}
