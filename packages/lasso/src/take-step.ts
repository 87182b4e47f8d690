import { dispose, type Optimizer, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { penalizedGradient, shrinkWeight } from '@secateur/backend/kernels';
import { adamSteps, isAdam } from './adam-steps.ts';
import type { NamedTensor } from './named-tensor.ts';
import { isSgd, sgdSteps } from './sgd-steps.ts';
import { replace, type WeightStep } from './weight-step.ts';

/**
 * Lets an optimizer step on the penalized gradients, each multiplied by `scale` (the clip), then applies the threshold.
 * Plain gradient descent and Adam take one pass over each weight, with the bits of their own steps; any other optimizer
 * is handed the gradients.
 */
export function takeStep(
  inner: Optimizer,
  steps: readonly WeightStep[],
  scale: Scalar | undefined,
): void {
  if (isSgd(inner)) sgdSteps(inner, steps, scale);
  else if (isAdam(inner)) adamSteps(inner, steps, scale);
  else anySteps(inner, steps, scale);
}

function anySteps(inner: Optimizer, steps: readonly WeightStep[], scale: Scalar | undefined): void {
  const made: Tensor[] = [];
  try {
    const gradients = steps.map(({ name, weight, gradient, factors }) => {
      const asGiven = factors === undefined && scale === undefined;
      if (gradient === undefined || asGiven) return named(name, gradient);
      const penalized = penalizedGradient({ gradient, weight, scale, ...factors });
      made.push(penalized);
      return named(name, penalized);
    });
    inner.applyGradients(gradients);
  } finally {
    dispose(made);
  }
  for (const { weight, gradient, threshold } of steps) {
    if (gradient === undefined || threshold === 0) continue;
    replace(weight, shrinkWeight(weight, {}, threshold));
  }
}

// `minimize` with a list of variables itself passes undefined for those without a gradient, against tfjs's types.
function named(name: string, tensor: Tensor | undefined): NamedTensor {
  return { name, tensor: tensor as Tensor };
}
