import { SGDOptimizer, type Optimizer, type Scalar } from '@tensorflow/tfjs-core';
import { sgdStep } from '@secateur/backend/kernels';
import { countStep, learningRateOf } from '@secateur/optimizer-state';
import { replace, stepsLike, type WeightStep } from './weight-step.ts';

/** Tells whether an optimizer is plain gradient descent, without momentum. */
export function isSgd(optimizer: Optimizer): optimizer is SGDOptimizer {
  return optimizer instanceof SGDOptimizer && stepsLike(optimizer, SGDOptimizer);
}

/** The step of plain gradient descent on penalized gradients, one pass over each weight. */
export function sgdSteps(
  optimizer: SGDOptimizer,
  steps: readonly WeightStep[],
  scale: Scalar | undefined,
): void {
  const learningRate = learningRateOf(optimizer)!;
  for (const { weight, gradient, factors, threshold } of steps) {
    if (gradient === undefined) continue;
    const inputs = { gradient, weight, scale, ...factors };
    replace(weight, sgdStep(inputs, { learningRate, threshold }));
  }
  countStep(optimizer);
}
