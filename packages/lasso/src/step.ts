import {
  dispose,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { penalizedSquaredNorm, shrinkWeight } from '@secateur/backend/kernels';
import { clipScale } from './clip.ts';
import { softThresholdFactors, subgradientFactors } from './fused-penalty.ts';
import type { UploadedPlan } from './group-plan.ts';
import type { ResolvedOptions } from './options.ts';
import { withDecay } from './weight-decay.ts';
import { replace, type WeightStep } from './weight-step.ts';

/** What a step works with: the options at this step, and what they are applied to. */
export interface Step extends Pick<
  ResolvedOptions,
  'epsilon' | 'clipNorm' | 'weightDecay' | 'thresholdScope'
> {
  readonly plan: UploadedPlan;
  /** Names of the weights in the order in which the inner optimizer must get their gradients. */
  readonly order: readonly string[];
  readonly gradients: ReadonlyMap<string, Tensor | undefined>;
  readonly weightOf: (name: string) => Variable;
  readonly lambda: number;
  /** 0 where lambda is 0. */
  readonly threshold: number;
  /** Whether the penalty is in the gradient, or a proximal step after the step. */
  readonly penalty: 'subgradient' | 'proximal';
  /** Of the proximal step; where no option gives it, the inner optimizer's own decay may make that of this step smaller. */
  readonly stepSize: number;
}

/** How far a proximal step shortens the groups. */
export interface Shrinkage {
  /** What each component loses of its norm. */
  readonly amount: number;
  /** `[components]`: what the amount is multiplied by for each; 1 when left out. */
  readonly weighting: Tensor1D | undefined;
}

/** Gradients that are penalized and clipped as they are used, so that no pass over a weight is one of its own. */
export interface Gradients {
  readonly steps: readonly WeightStep[];
  /** What the clip multiplies all of them by, and their norm before; undefined without a clip. */
  readonly clip: { readonly scale: Scalar; readonly norm: Scalar } | undefined;
}

/** Adds the gradients of the penalty, `lambda * w / ||w_g||` for each group that holds `w`, and of the weight decay. */
export function penaltyGradients(step: Step): WeightStep[] {
  const { plan, order, gradients, weightOf, lambda, epsilon, weightDecay } = step;
  const inGradient = step.penalty === 'subgradient' && lambda > 0;
  const factors = inGradient ? subgradientFactors(plan, weightOf, lambda, epsilon) : undefined;
  const shrinksLater = step.penalty === 'proximal' && lambda > 0;
  return order.map((name) => ({
    name,
    weight: weightOf(name),
    gradient: gradients.get(name),
    factors: withDecay(weightOf(name), factors?.get(name), weightDecay),
    // The last pass over a weight has the threshold.
    threshold: shrinksLater && isPenalized(step, name) ? 0 : thresholdOf(step, name),
  }));
}

/** Clips all gradients together to a global norm, the penalty's part included. */
export function clipGradients(
  steps: readonly WeightStep[],
  clipNorm: number | undefined,
): Gradients {
  if (clipNorm === undefined) return { steps, clip: undefined };
  const squares = steps.flatMap(({ weight, gradient, factors }) =>
    gradient === undefined ? [] : [penalizedSquaredNorm({ gradient, weight, ...factors })],
  );
  return { steps, clip: squares.length > 0 ? clipScale(squares, clipNorm) : undefined };
}

/** The proximal step, `w_g * max(0, 1 - amount / ||w_g||)`, on weights that have a gradient, with the threshold after it. */
export function shrinkGroups(step: Step, { amount, weighting }: Shrinkage): void {
  const { plan, gradients, weightOf } = step;
  tidy(() => {
    for (const [name, factors] of softThresholdFactors({ ...plan, weighting }, weightOf, amount)) {
      if (gradients.get(name) === undefined) continue;
      replace(weightOf(name), shrinkWeight(weightOf(name), factors, thresholdOf(step, name)));
    }
  });
}

/** Disposes what penalized gradients keep on the backend. */
export function disposeGradients({ steps, clip }: Gradients): void {
  clip?.scale.dispose();
  for (const { factors } of steps) dispose([factors?.rows, factors?.columns]);
}

function thresholdOf(step: Step, name: string): number {
  return step.thresholdScope === 'all' || isPenalized(step, name) ? step.threshold : 0;
}

function isPenalized({ plan }: Step, name: string): boolean {
  return plan.weights.some((weight) => weight.name === name);
}
