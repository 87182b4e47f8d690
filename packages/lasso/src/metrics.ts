import { registeredVariables } from '@secateur/optimizer-state';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { BudgetControl, BudgetProgress } from './budget/control.ts';
import { squaredComponentNorms } from './component-norms.ts';
import { bySet, type UploadedPlan } from './group-plan.ts';

/** What {@link GroupLassoOptimizer.metrics} reports. */
export interface LassoMetrics {
  /** Number of steps taken. */
  readonly step: number;
  /**
   * Lambda of the last step (before the first: that of the first). With a budget, the mean over components of what each loses
   * of its norm at a step, divided by the learning rate.
   */
  readonly lambda: number;
  /** Threshold of the last step (before the first: that of the first). */
  readonly threshold: number;
  /** `lambda * sum of ||w_g||` at the weights as they are now, without epsilon. */
  readonly penalty: number;
  /** Global norm of the last step's gradients, the penalty's included, before the clip; NaN without `clipNorm`. */
  readonly gradientNorm: number;
  /** Components whose norm is not zero, by group set. */
  readonly alive: Readonly<Record<string, number>>;
  /** Components, by group set. */
  readonly sizes: Readonly<Record<string, number>>;
  /** How a budget stands, for each thing that it counts; empty without one. */
  readonly budget: readonly BudgetProgress[];
}

/** Reads the weights of a plan, and puts what they say beside what an optimizer knows. */
export async function readMetrics(
  plan: UploadedPlan,
  known: Pick<LassoMetrics, 'step' | 'lambda' | 'threshold'> & {
    readonly budget: BudgetControl | undefined;
    readonly gradientNorm: Scalar | undefined;
  },
): Promise<LassoMetrics> {
  const { step, lambda, threshold, budget } = known;
  const [squares, gradientNorm, factors] = await Promise.all([
    readSquares(plan),
    known.gradientNorm?.data(),
    plan.weighting?.data(),
  ]);
  const penalty = squares.reduce((p, s, k) => p + lambda * (factors?.[k] ?? 1) * Math.sqrt(s), 0);
  return {
    step,
    lambda,
    threshold,
    penalty,
    gradientNorm: gradientNorm?.[0] ?? NaN,
    alive: bySet(plan, squares, (set) => set.filter((square) => square !== 0).length),
    sizes: bySet(plan, squares, (set) => set.length),
    budget: budget?.progress(bySet(plan, squares, (set) => set)) ?? [],
  };
}

/** Reads the squared norms of all components of a plan, `[components]`. */
export async function readSquares(plan: UploadedPlan): Promise<Float32Array> {
  const variables = registeredVariables();
  const squares = squaredComponentNorms(plan, (name) => variables[name]!);
  try {
    return (await squares.data<'float32'>()).slice();
  } finally {
    squares.dispose();
  }
}
