import {
  add,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkAttributes } from './check-attributes.ts';
import type { Caller } from './check.ts';
import { contracts } from './contract.ts';
import { present } from './row-column-factors.ts';
import {
  checkPenalized,
  composedPenalizedGradient,
  type PenalizedInputs,
} from './penalized-gradient.ts';
import { runFused, type FusedKernel } from './registry.ts';
import { zeroSmall } from './shrink-weight.ts';

/** What {@link sgdStep} reads: a penalized gradient and the weight to move. */
export interface SgdInputs extends PenalizedInputs {
  /** The weight as it is, float32. */
  readonly weight: Tensor;
}

/** Options of {@link sgdStep}. */
export interface SgdSettings {
  /** The learning rate. */
  readonly learningRate: number;
  /** Every new `|w|` below it becomes 0; 0 for none. */
  readonly threshold: number;
}

/**
 * `SgdStep` from ordinary operations, in the order of TensorFlow.js's SGDOptimizer.
 *
 * @example
 * ```ts
 * import { scalar, tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedSgdStep } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const inputs = { weight: tensor1d([1]), gradient: tensor1d([2]), scale: scalar(0.5) };
 * const run = () => composedSgdStep(inputs, { learningRate: 0.25, threshold: 0 });
 * tidy(() => run()[0].dataSync()); // => [0.75]
 * ```
 */
export function composedSgdStep(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [weight: Tensor] {
  const { learningRate, threshold } = attributes as unknown as SgdSettings;
  const [gradient] = composedPenalizedGradient(inputs);
  return [zeroSmall(add(mul(-learningRate, gradient), inputs['weight']!), threshold)];
}

const caller: Caller = { name: 'sgdStep', failure: argumentError };
const kernel: FusedKernel = { name: 'SgdStep', composed: composedSgdStep };

/**
 * The weight after a step of gradient descent, `weight - learningRate * g`, where g is the penalized gradient of
 * {@link PenalizedInputs}, and after the threshold. Bit for bit TensorFlow.js's SGDOptimizer on that gradient on cpu and
 * wasm. Not differentiable. Throws a BackendError when shapes or dtypes do not fit, and for
 * a setting that is no finite number or a threshold below 0.
 *
 * @example
 * ```ts
 * import { tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { sgdStep } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const inputs = { weight: tensor1d([1, -2]), gradient: tensor1d([0.5, 2]) };
 * // 1 - 0.25 is below the threshold.
 * tidy(() => sgdStep(inputs, { learningRate: 0.5, threshold: 1 }).dataSync()); // => [0, -3]
 * ```
 */
export function sgdStep(inputs: SgdInputs, settings: SgdSettings): Tensor {
  checkPenalized(caller, contracts.SgdStep, inputs);
  checkAttributes(caller, contracts.SgdStep, settings);
  return runFused(kernel, present(contracts.SgdStep, inputs), { ...settings })[0]!;
}
