import { targetText } from '@secateur/app';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import { lambdaForecast } from './steps-to-zero.ts';
import type { Settings } from './settings.ts';

/** The first epoch, counted from 0, whose network is not as good as dense for the reason alone that it still nearly is. */
export function firstCounted({ targetMacs, shrinkEpochs, rampEpochs }: Settings): number {
  return targetMacs === null ? rampEpochs : Math.ceil(shrinkEpochs) - 1;
}

/** What is told of the penalty before the first step; undefined when there is none. */
export async function prospect(
  settings: Settings,
  optimizer: GroupLassoOptimizer,
  windows: number,
): Promise<string | undefined> {
  const target = await targetText(optimizer, settings, windows, 'word');
  if (target !== undefined || settings.lambda === 0) return target;
  return lambdaForecast(settings, await optimizer.norms(), windows);
}
