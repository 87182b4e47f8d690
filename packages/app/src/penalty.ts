import type { Layout } from '@secateur/groups';
import {
  warmupConstantSchedule,
  type GroupLassoOptimizer,
  type GroupLassoOptions,
} from '@secateur/lasso';
import type { PenaltySettings } from './penalty-settings.ts';

/** Lambda by the number of epochs that are done, a fraction within an epoch. */
export function lambdaSchedule({
  lambda,
  rampEpochs,
}: Pick<PenaltySettings, 'lambda' | 'rampEpochs'>): (epochsDone: number) => number {
  return rampEpochs > 0
    ? warmupConstantSchedule({ peakValue: lambda, warmupSteps: rampEpochs })
    : () => lambda;
}

/** What `groupLasso` is told of a penalty: a budget for the layout of the whole network, or lambda and what belongs to it. */
export function penaltyOf(
  settings: PenaltySettings,
  whole: Layout,
  stepsAnEpoch: number,
): Pick<GroupLassoOptions, 'budget' | 'lambda' | 'penalty' | 'threshold' | 'thresholdScope'> {
  const { targetMacs, penalty, threshold, thresholdScope = 'all' } = settings;
  if (targetMacs !== null) {
    return {
      budget: { layout: whole, macs: targetMacs, by: stepOfTarget(settings, stepsAnEpoch) },
    };
  }
  const lambda = lambdaSchedule(settings);
  return { lambda: (step) => lambda(step / stepsAnEpoch), penalty, threshold, thresholdScope };
}

/** Whether it is time to take out of a running training what a budget has made go for good. */
export function isTimeToCompact(
  { budgetState }: Pick<GroupLassoOptimizer, 'budgetState'>,
  { compactSteps }: { readonly compactSteps: number },
  step: number,
): boolean {
  if (compactSteps === 0 || step % compactSteps !== 0) return false;
  return Object.values(budgetState?.amounts ?? {}).some((of) => of.some((amount) => amount < 0));
}

/** A line about the target of an optimizer, for the beginning of a training; undefined when it has none. */
export async function targetText(
  optimizer: GroupLassoOptimizer,
  settings: PenaltySettings,
  stepsAnEpoch: number,
  what: string,
): Promise<string | undefined> {
  const [budget] = (await optimizer.metrics()).budget;
  if (budget === undefined) return undefined;
  const { whole, target, unit } = budget;
  return `target: at most ${Math.floor(target)} of ${whole} ${unit} a ${what} from step ${stepOfTarget(settings, stepsAnEpoch)} on`;
}

function stepOfTarget({ shrinkEpochs }: PenaltySettings, stepsAnEpoch: number): number {
  return Math.max(1, Math.round(shrinkEpochs * stepsAnEpoch));
}
