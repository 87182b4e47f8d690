import {
  reshape,
  square,
  sum,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkInputs, type Caller } from './check.ts';
import { contracts } from './contract.ts';
import { runFused, type FusedKernel } from './registry.ts';

/**
 * `GroupSquaredNorms` from ordinary operations: a square, then a sum for each axis.
 *
 * @example
 * ```ts
 * import { tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedGroupSquaredNorms } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const x = tensor2d([[1, 2, 3]]);
 * const run = () => composedGroupSquaredNorms({ x }, { axes: [1, 0] });
 * tidy(() => run().map((norms) => norms.dataSync())); // => [[1, 4, 9], [14]]
 * ```
 */
export function composedGroupSquaredNorms(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): Tensor1D[] {
  const x = inputs['x']!;
  const axes = attributes['axes'] as number[];
  // Some backends fail on nothing, or leave what they find in memory.
  if (x.size === 0) return axes.map((axis) => zeros([x.shape[axis]!]));
  const squares = square(x);
  return axes.map((axis) => {
    const size = x.shape[axis]!;
    const after = x.shape.slice(axis + 1).reduce((product, next) => product * next, 1);
    // All axes before and all axes after, so that a sum has two axes whatever the rank.
    return sum(reshape(squares, [-1, size, after]), [0, 2]) as Tensor1D;
  });
}

const caller: Caller = { name: 'groupSquaredNorms', failure: argumentError };
const forward: FusedKernel = {
  name: 'GroupSquaredNorms',
  composed: composedGroupSquaredNorms,
};

/**
 * Squared norms of a tensor's slices: for each asked axis the sum of squares over all other axes, `[size of axis]`,
 * in the order of `axes`. Not differentiable. Throws a BackendError when `x` is not float32 or an axis is not
 * one of its axes.
 *
 * @example
 * ```ts
 * import { tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { groupSquaredNorms } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const weight = tensor2d([[1, 2], [3, 4]]);
 * // Of the rows, then of the columns.
 * tidy(() => groupSquaredNorms(weight, [0, 1]).map((norms) => norms.dataSync())); // => [[5, 25], [10, 20]]
 * ```
 */
export function groupSquaredNorms(x: Tensor, axes: readonly number[]): Tensor1D[] {
  checkInputs(caller, contracts.GroupSquaredNorms, { x });
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= x.rank);
  if (axes.length === 0 || wrong !== undefined) {
    throw argumentError(
      `groupSquaredNorms: expected axes from 0 to ${x.rank - 1}, found ${wrong ?? 'none'}; count axes from the front.`,
    );
  }
  return runFused(forward, { x }, { axes: [...axes] }) as Tensor1D[];
}
