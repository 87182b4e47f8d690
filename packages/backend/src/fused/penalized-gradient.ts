import {
  add,
  mul,
  reshape,
  scalar,
  square,
  sum,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkInputs, type Caller } from './check.ts';
import { contracts, type InputContract } from './contract.ts';
import {
  checkFactors,
  rowColumnFactors,
  present,
  type RowColumnFactors,
} from './row-column-factors.ts';
import { runFused, type FusedKernel } from './registry.ts';

/** A gradient and what a penalty and a clip make of it: `scale * (gradient + weight * (rows[i] + columns[j]))`. */
export interface PenalizedInputs extends RowColumnFactors {
  /** The gradient of the loss, float32. */
  readonly gradient: Tensor;
  /** The weight as it is, of the gradient's shape, float32; only needed with factors. */
  readonly weight?: Tensor | undefined;
  /** `[]`: multiplies all of it; 1 when left out. */
  readonly scale?: Scalar | undefined;
}

/**
 * `PenalizedGradient` from ordinary operations; without factors and scale it is the gradient itself.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedPenalizedGradient } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const factors = { rows: tensor1d([1]), columns: tensor1d([0, 2]) };
 * const inputs = { gradient: tensor2d([[1, 1]]), weight: tensor2d([[2, 3]]), ...factors };
 * // 1 + 2 * (1 + 0) and 1 + 3 * (1 + 2)
 * tidy(() => composedPenalizedGradient(inputs)[0].dataSync()); // => [3, 10]
 * ```
 */
export function composedPenalizedGradient(inputs: NamedTensorMap): [gradient: Tensor] {
  const { gradient, weight, scale } = inputs as unknown as PenalizedInputs;
  const { shape, factors } = rowColumnFactors(inputs, gradient.size);
  let out = gradient;
  if (factors.length > 0) {
    const penalty = mul(
      reshape(weight!, shape),
      factors.reduce((a, b) => add(a, b)),
    );
    out = add(out, reshape(penalty, gradient.shape));
  }
  // The result must be a tensor of its own, which the caller may dispose.
  return [scale === undefined ? (out === gradient ? gradient.clone() : out) : mul(out, scale)];
}

/**
 * `PenalizedSquaredNorm` from ordinary operations.
 *
 * @example
 * ```ts
 * import { tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedPenalizedSquaredNorm } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const gradient = tensor1d([3, 4]);
 * tidy(() => composedPenalizedSquaredNorm({ gradient })[0].dataSync()); // => [25]
 * ```
 */
export function composedPenalizedSquaredNorm(inputs: NamedTensorMap): [squares: Scalar] {
  // The WASM backend's Sum leaves its output unwritten when there is nothing to add.
  if (inputs['gradient']!.size === 0) return [scalar(0)];
  return [sum(square(composedPenalizedGradient(inputs)[0]))];
}

const gradientCaller: Caller = { name: 'penalizedGradient', failure: argumentError };
const gradientKernel: FusedKernel = {
  name: 'PenalizedGradient',
  composed: composedPenalizedGradient,
};

const normCaller: Caller = { name: 'penalizedSquaredNorm', failure: argumentError };
const normKernel: FusedKernel = {
  name: 'PenalizedSquaredNorm',
  composed: composedPenalizedSquaredNorm,
};

/**
 * A gradient with a penalty's part and a clip: `scale * (gradient + weight * (rows[i] + columns[j]))`, of the weight's
 * shape. Not differentiable. Throws a BackendError when shapes or dtypes do not fit.
 *
 * @example
 * ```ts
 * import { scalar, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { penalizedGradient } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const gradient = tensor2d([[1, 1], [1, 1]]);
 * const weight = tensor2d([[1, 2], [3, 4]]);
 * // To the second column half of its weight is added; all of it is halved.
 * const inputs = { gradient, weight, columns: tensor1d([0, 0.5]), scale: scalar(0.5) };
 * tidy(() => penalizedGradient(inputs).dataSync()); // => [0.5, 1, 0.5, 1.5]
 * ```
 */
export function penalizedGradient(inputs: PenalizedInputs): Tensor {
  checkPenalized(gradientCaller, contracts.PenalizedGradient, inputs);
  return runFused(gradientKernel, present(contracts.PenalizedGradient, inputs), {})[0]!;
}

/**
 * The sum of the squares of `gradient + weight * (rows[i] + columns[j])` without making that tensor, `[]`; what a clip by
 * the global norm needs. Not differentiable. Throws a BackendError when shapes or dtypes do not fit.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { penalizedSquaredNorm } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const gradient = tensor2d([[1, 1], [1, 1]]);
 * const weight = tensor2d([[1, 2], [3, 4]]);
 * const inputs = { gradient, weight, columns: tensor1d([0, 0.5]) };
 * // 1 + 4 + 1 + 9
 * tidy(() => penalizedSquaredNorm(inputs).dataSync()); // => [15]
 * ```
 */
export function penalizedSquaredNorm(inputs: Omit<PenalizedInputs, 'scale'>): Scalar {
  checkPenalized(normCaller, contracts.PenalizedSquaredNorm, inputs);
  const [squares] = runFused(normKernel, present(contracts.PenalizedSquaredNorm, inputs), {});
  return squares as Scalar;
}

/** Checks what all kernels with a penalized gradient read. */
export function checkPenalized(
  caller: Caller,
  contract: InputContract,
  inputs: PenalizedInputs,
): void {
  checkInputs(caller, contract, inputs as unknown as Record<string, unknown>);
  const { gradient, weight, rows, columns } = inputs;
  if (weight === undefined && (rows !== undefined || columns !== undefined)) {
    throw caller.failure(
      `${caller.name}: expected the weight that the factors belong to, found none; pass it with them.`,
    );
  }
  checkFactors(caller, gradient, inputs);
}
