import {
  add,
  div,
  mul,
  sqrt,
  square,
  type NamedAttrMap,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { argumentError } from '../backend-error.ts';
import { checkAttributes } from './check-attributes.ts';
import type { Caller } from './check.ts';
import { contracts } from './contract.ts';
import { present } from './row-column-factors.ts';
import { checkPenalized, composedPenalizedGradient } from './penalized-gradient.ts';
import { runFused, type FusedKernel } from './registry.ts';
import type { SgdInputs, SgdSettings } from './sgd-step.ts';
import { zeroSmall } from './shrink-weight.ts';

/** What {@link adamStep} reads; all float32. */
export interface AdamInputs extends SgdInputs {
  /** Running mean of the gradients, of the weight's shape. */
  readonly firstMoment: Tensor;
  /** Running mean of their squares, of the weight's shape. */
  readonly secondMoment: Tensor;
  /** `[]`: `1 - beta1^t` at step t, which the first moment is divided by. */
  readonly correction1: Scalar;
  /** `[]`: `1 - beta2^t`, for the second. */
  readonly correction2: Scalar;
}

/** Options of {@link adamStep}. */
export interface AdamSettings extends SgdSettings {
  /** How much of the first moment stays. */
  readonly beta1: number;
  /** How much of the second moment stays. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
  readonly epsilon: number;
}

/**
 * `AdamStep` from ordinary operations, in the order of TensorFlow.js's AdamOptimizer.
 *
 * @example
 * ```ts
 * import { scalar, tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { composedAdamStep } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const moments = { firstMoment: tensor1d([2]), secondMoment: tensor1d([16]) };
 * const corrections = { correction1: scalar(1), correction2: scalar(1) };
 * const inputs = { weight: tensor1d([1]), gradient: tensor1d([0]), ...moments, ...corrections };
 * const settings = { learningRate: 1, beta1: 0.5, beta2: 0.25, epsilon: 0, threshold: 0 };
 * // Without a gradient the moments shrink: to 1 and 4, of which the step is 1 / 2.
 * const run = () => composedAdamStep(inputs, settings);
 * tidy(() => run().map((each) => each.dataSync())); // => [[0.5], [1], [4]]
 * ```
 */
export function composedAdamStep(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [weight: Tensor, firstMoment: Tensor, secondMoment: Tensor] {
  const { weight, firstMoment, secondMoment, correction1, correction2 } =
    inputs as unknown as AdamInputs;
  const { learningRate, beta1, beta2, epsilon, threshold } = attributes as unknown as AdamSettings;
  const [gradient] = composedPenalizedGradient(inputs);
  const first = add(mul(firstMoment, beta1), mul(gradient, 1 - beta1));
  const second = add(mul(secondMoment, beta2), mul(square(gradient), 1 - beta2));
  const scaled = div(div(first, correction1), add(sqrt(div(second, correction2)), epsilon));
  return [zeroSmall(add(mul(scaled, -learningRate), weight), threshold), first, second];
}

const caller: Caller = { name: 'adamStep', failure: argumentError };
const kernel: FusedKernel = { name: 'AdamStep', composed: composedAdamStep };

/**
 * The weight after a step of Adam on the penalized gradient of {@link PenalizedInputs}, and after the threshold, with the
 * new moments. Bit for bit TensorFlow.js's AdamOptimizer on that gradient on cpu and wasm. Not differentiable. Throws a
 * BackendError when shapes or dtypes do not fit, and for a setting that is no finite number or, but for the learning rate, below 0.
 *
 * @see Kingma and Ba, ICLR 2015
 *
 * @example
 * ```ts
 * import { scalar, tensor1d } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { adamStep } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * // The first step: it is as long as the learning rate, whatever the gradient.
 * const moments = { firstMoment: tensor1d([0]), secondMoment: tensor1d([0]) };
 * const corrections = { correction1: scalar(0.5), correction2: scalar(0.75) };
 * const inputs = { weight: tensor1d([1]), gradient: tensor1d([4]), ...moments, ...corrections };
 * const settings = { learningRate: 0.25, beta1: 0.5, beta2: 0.25, epsilon: 0, threshold: 0 };
 * const next = adamStep(inputs, settings);
 * [next.weight, next.firstMoment, next.secondMoment].map((x) => x.dataSync()); // => [[0.75], [2], [12]]
 * ```
 */
export function adamStep(
  inputs: AdamInputs,
  settings: AdamSettings,
): { weight: Tensor; firstMoment: Tensor; secondMoment: Tensor } {
  checkPenalized(caller, contracts.AdamStep, inputs);
  checkAttributes(caller, contracts.AdamStep, settings);
  const outputs = runFused(kernel, present(contracts.AdamStep, inputs), { ...settings });
  const [weight, firstMoment, secondMoment] = outputs as [Tensor, Tensor, Tensor];
  return { weight, firstMoment, secondMoment };
}
