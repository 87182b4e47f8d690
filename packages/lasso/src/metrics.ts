import type { BudgetProgress } from './budget/control.ts';

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
