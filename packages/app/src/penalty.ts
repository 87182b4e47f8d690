import type { Layout } from '@secateur/groups';
import {
  warmupConstantSchedule,
  type GroupLassoOptimizer,
  type GroupLassoOptions,
} from '@secateur/lasso';
import { flagOf, type RawFlags } from './options.ts';

/** Settings that say what drives components to zero. */
export interface PenaltySettings {
  /** Strength of the penalty; 0 beside a target. */
  readonly lambda: number;
  /** Epochs over which lambda grows in a line from 0. */
  readonly rampEpochs: number;
  readonly penalty: 'subgradient' | 'proximal';
  readonly threshold: number;
  readonly thresholdScope?: 'all' | 'groups';
  /** In place of lambda, what the network may cost in the end: a share of its multiply-adds below 1, or a number; else null. */
  readonly targetMacs: number | null;
  /** Epochs in which the target is reached. */
  readonly shrinkEpochs: number;
}

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

/** Settings of a penalty that a target decides. */
const decided = ['lambda', 'threshold', 'rampEpochs', 'penalty', 'thresholdScope'];

/**
 * What a target on the command line changes of a preset, whose lambda it replaces, and a lambda there, which replaces the
 * preset's target.
 *
 * @throws Error when the command line gives both.
 */
export function penaltyFlags(raw: RawFlags): Partial<PenaltySettings> {
  if (raw['targetMacs'] === undefined)
    return raw['lambda'] === undefined ? {} : { targetMacs: null };
  const beside = decided.find((key) => raw[key] !== undefined);
  if (beside === undefined) return { lambda: 0, threshold: 0, rampEpochs: 0 };
  throw new Error(
    `--${flagOf(beside)}: expected none beside --target-macs, which decides it, found ${String(raw[beside])}; leave one of the two out.`,
  );
}
