import type { UploadedPlan } from './group-plan.ts';

/** What {@link GroupLassoOptimizer.metrics} reports. */
export interface LassoMetrics {
  /** Number of steps taken. */
  readonly step: number;
  /** Lambda of the last step (before the first: that of the first). */
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
}

/** The sets of a plan as an object: `summarise` gets the squared norms of one set's components. */
export function bySet<T>(
  plan: Pick<UploadedPlan, 'sets'>,
  squares: Float32Array,
  summarise: (squares: Float32Array) => T,
): Record<string, T> {
  return Object.fromEntries(
    plan.sets.map(({ name, offset, count }) => [
      name,
      summarise(squares.subarray(offset, offset + count)),
    ]),
  );
}
