import {
  AdamOptimizer,
  mul,
  scalar,
  sub,
  tidy,
  variable,
  zerosLike,
  type Optimizer,
  type Scalar,
  type Variable,
} from '@tensorflow/tfjs-core';
import { adamStep } from '@secateur/backend';
import { countStep, replace, stepsLike, type WeightStep } from './weight-step.ts';

/** A moment of one weight. */
interface Moment {
  readonly originalName: string;
  readonly variable: Variable;
}

/** What tfjs's Adam keeps (typed as private there): saving, loading and compaction find its state in these. */
interface AdamFields {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: (Moment | undefined)[];
  readonly accumulatedSecondMoment: (Moment | undefined)[];
}

/** Tells whether an optimizer is tfjs's Adam. */
export function isAdam(optimizer: Optimizer): optimizer is AdamOptimizer {
  return optimizer instanceof AdamOptimizer && stepsLike(optimizer, AdamOptimizer);
}

/** The step of tfjs's Adam on penalised gradients, one pass over each weight and its moments. */
export function adamSteps(
  optimizer: AdamOptimizer,
  steps: readonly WeightStep[],
  scale: Scalar | undefined,
): void {
  const fields = optimizer as unknown as AdamFields;
  const { learningRate, beta1, beta2, epsilon, accBeta1, accBeta2 } = fields;
  tidy(() => {
    const correction1 = sub<Scalar>(1, accBeta1);
    const correction2 = sub<Scalar>(1, accBeta2);
    steps.forEach(({ name, weight, gradient, factors, threshold }, i) => {
      // Also a weight without a gradient has its place in the lists.
      const first = momentAt(fields.accumulatedFirstMoment, i, `${name}/m`, weight);
      const second = momentAt(fields.accumulatedSecondMoment, i, `${name}/v`, weight);
      if (gradient === undefined) return;
      const moved = adamStep(
        {
          ...{ gradient, weight, scale, ...factors },
          ...{ firstMoment: first, secondMoment: second, correction1, correction2 },
        },
        { learningRate, beta1, beta2, epsilon, threshold },
      );
      replace(first, moved.firstMoment);
      replace(second, moved.secondMoment);
      replace(weight, moved.weight);
    });
    accBeta1.assign(mul(accBeta1, beta1));
    accBeta2.assign(mul(accBeta2, beta2));
  });
  countStep(optimizer);
}

/**
 * Sets the powers of Adam's betas to what its steps have made of them: products in single precision. tfjs's setWeights
 * computes them by `pow`, to other bits.
 */
export function setBetaPowers(optimizer: AdamOptimizer): void {
  const { beta1, beta2, accBeta1, accBeta2 } = optimizer as unknown as AdamFields;
  tidy(() => {
    accBeta1.assign(scalar(powerOf(beta1, optimizer.iterations + 1)));
    accBeta2.assign(scalar(powerOf(beta2, optimizer.iterations + 1)));
  });
}

function powerOf(base: number, exponent: number): number {
  const factor = Math.fround(base);
  let power = factor;
  for (let i = 1; i < exponent && power !== 0; i++) power = Math.fround(power * factor);
  return power;
}

/** The moment of the i-th weight, zeros at its first step. */
function momentAt(
  moments: (Moment | undefined)[],
  i: number,
  originalName: string,
  weight: Variable,
): Variable {
  const moment = (moments[i] ??= { originalName, variable: variable(zerosLike(weight), false) });
  return moment.variable;
}
