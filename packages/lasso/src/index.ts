/**
 * Group Lasso over Intrinsic Sparse Structures as a hook round any TensorFlow.js optimizer.
 * @packageDocumentation
 */
export { groupLasso } from './group-lasso.ts';
export { GroupLassoOptimizer } from './group-lasso-optimizer.ts';
export type { BudgetOptions } from './budget/options.ts';
export type { BudgetProgress, BudgetState } from './budget/control.ts';
export type { LassoMetrics } from './metrics.ts';
export type { GroupLassoOptions } from './options.ts';
export { penalty, penaltySubgradient, proximalStep, type PlainWeights } from './penalty.ts';
export { paperLasso, type PaperLasso, type PaperLassoOptions } from './paper-lasso.ts';
export { clipByGlobalNorm, type Clipped } from './clip.ts';
export type { NamedTensor } from './named-tensor.ts';
export { LassoError, type LassoErrorCode } from './error.ts';
export type { Schedule } from './schedule.ts';
export {
  exponentialDecay,
  joinSchedules,
  linearSchedule,
  piecewiseConstantSchedule,
  warmupConstantSchedule,
  type ExponentialDecayOptions,
  type LinearScheduleOptions,
  type WarmupConstantScheduleOptions,
} from './schedules.ts';
