import { AdamOptimizer, mul, sub, tidy, type Optimizer, type Scalar } from '@tensorflow/tfjs-core';
import { adamStep } from '@secateur/backend/kernels';
import { adamState, countStep } from '@secateur/optimizer-state';
import { replace, stepsLike, type WeightStep } from './weight-step.ts';

/** Tells whether an optimizer is tfjs's Adam. */
export function isAdam(optimizer: Optimizer): optimizer is AdamOptimizer {
  return optimizer instanceof AdamOptimizer && stepsLike(optimizer, AdamOptimizer);
}

/** The step of tfjs's Adam on penalized gradients, one pass over each weight and its moments. */
export function adamSteps(
  optimizer: AdamOptimizer,
  steps: readonly WeightStep[],
  scale: Scalar | undefined,
): void {
  const { learningRate, beta1, beta2, epsilon, betaPowers, moments } = adamState(optimizer);
  tidy(() => {
    const correction1 = sub<Scalar>(1, betaPowers[0]);
    const correction2 = sub<Scalar>(1, betaPowers[1]);
    steps.forEach(({ name, weight, gradient, factors, threshold }, i) => {
      // Also a weight without a gradient has its place in the lists.
      const [firstMoment, secondMoment] = moments(i, name, weight);
      if (gradient === undefined) return;
      const state = { firstMoment, secondMoment, correction1, correction2 };
      const moved = adamStep(
        { gradient, weight, scale, ...factors, ...state },
        { learningRate, beta1, beta2, epsilon, threshold },
      );
      replace(firstMoment, moved.firstMoment);
      replace(secondMoment, moved.secondMoment);
      replace(weight, moved.weight);
    });
    betaPowers[0].assign(mul(betaPowers[0], beta1));
    betaPowers[1].assign(mul(betaPowers[1], beta2));
  });
  countStep(optimizer);
}
