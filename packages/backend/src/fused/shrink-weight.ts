import {
  abs,
  add,
  mul,
  reshape,
  step,
  sub,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkAttributes } from './check-attributes.ts';
import { checkInputs, type Caller } from './check.ts';
import { contracts } from './contract.ts';
import {
  checkFactors,
  rowColumnFactors,
  present,
  type RowColumnFactors,
} from './row-column-factors.ts';
import { runFused, type FusedKernel } from './registry.ts';

/**
 * `ShrinkWeight` from ordinary operations. Adding 0 turns the -0 of a removed negative entry into 0.
 *
 * @example
 * ```ts
 * import { tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedShrinkWeight } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const inputs = { weight: tensor1d([1, -2, 3]) };
 * tidy(() => composedShrinkWeight(inputs, { threshold: 2 })[0].dataSync()); // => [0, -2, 3]
 * ```
 */
export function composedShrinkWeight(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [weight: Tensor] {
  const weight = inputs['weight']!;
  const { shape, factors } = rowColumnFactors(inputs, weight.size);
  const shrunk = factors.reduce((product, factor) => mul(product, factor), reshape(weight, shape));
  return [zeroSmall(add(reshape(shrunk, weight.shape), 0), attributes['threshold'] as number)];
}

/**
 * `x` with every `|x| < threshold` set to 0, compared in single precision; `|x| = threshold` stays, and so does NaN. On
 * the WASM backend comparisons and `where` are 20 to 300 times slower than arithmetic, hence a step function of `|x|`
 * minus the largest number below the threshold.
 */
export function zeroSmall(x: Tensor, threshold: number): Tensor {
  if (threshold === 0) return x;
  return add(mul(x, step(sub(abs(x), nextBelow(threshold)))), 0);
}

/** The largest single-precision number below `value > 0`. */
export function nextBelow(value: number): number {
  const float = new Float32Array([value]);
  const bits = new Uint32Array(float.buffer);
  if (bits[0]! > 0) bits[0]! -= 1;
  return float[0]!;
}

const caller: Caller = { name: 'shrinkWeight', failure: argumentError };
const kernel: FusedKernel = { name: 'ShrinkWeight', composed: composedShrinkWeight };

/**
 * A weight times the factors of its rows and columns, and 0 wherever the result is smaller than `threshold` in absolute
 * value; without factors, the threshold alone. NaN stays. Not differentiable. Throws a BackendError when shapes
 * or dtypes do not fit, and for a threshold that is no finite number from 0.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { shrinkWeight } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const weight = tensor2d([[1, 2], [3, 4]]);
 * const factors = { rows: tensor1d([0, 1]), columns: tensor1d([0.5, 1]) };
 * // The second row becomes [1.5, 4], of which 1.5 is below the threshold.
 * tidy(() => shrinkWeight(weight, factors, 2).dataSync()); // => [0, 0, 0, 4]
 * ```
 */
export function shrinkWeight(weight: Tensor, factors: RowColumnFactors, threshold: number): Tensor {
  const inputs = { ...factors, weight };
  checkInputs(caller, contracts.ShrinkWeight, inputs);
  checkFactors(caller, weight, factors);
  checkAttributes(caller, contracts.ShrinkWeight, { threshold });
  return runFused(kernel, present(contracts.ShrinkWeight, inputs), { threshold })[0]!;
}
