import { lambdaAt } from '@secateur/app';
import { countMacs, type Layout } from '@secateur/groups';
import type { GroupLassoOptions } from '@secateur/lasso';
import { outlook } from './outlook.ts';
import type { Settings } from './settings.ts';

/** What drives components to zero: what the network may cost in the end, or λ. `windows` are the steps of an epoch. */
export function penaltyOf(settings: Settings, full: Layout, windows: number): GroupLassoOptions {
  const { clip, weightDecay, targetMacs } = settings;
  const always = { clipNorm: clip, weightDecay };
  if (targetMacs !== null) {
    const by = stepOfTarget(settings, windows);
    return { ...always, budget: { layout: full, macs: targetMacs, by } };
  }
  return {
    ...always,
    lambda: (done) => lambdaAt(settings, done / windows),
    threshold: settings.threshold,
    thresholdScope: settings.thresholdScope,
    penalty: settings.penalty,
  };
}

/** The first epoch, counted from 0, after which the network is no longer as good as dense because it still nearly is. */
export function firstCounted({ targetMacs, shrinkEpochs, rampEpochs }: Settings): number {
  return targetMacs === null ? rampEpochs : Math.ceil(shrinkEpochs) - 1;
}

/** What is told before the first step; undefined when nothing is penalised. */
export function prospect(
  settings: Settings,
  full: Layout,
  norms: Readonly<Record<string, ArrayLike<number>>>,
  windows: number,
): string | undefined {
  const { targetMacs, lambda } = settings;
  if (targetMacs === null) return lambda > 0 ? outlook(settings, norms, windows) : undefined;
  const whole = countMacs(full);
  const target = targetMacs < 1 ? targetMacs * whole : targetMacs;
  return `budget: at most ${Math.floor(target)} of ${whole} multiply-adds a word from step ${stepOfTarget(settings, windows)} on`;
}

function stepOfTarget({ shrinkEpochs }: Settings, windows: number): number {
  return Math.max(1, Math.round(shrinkEpochs * windows));
}
