import { targetText } from '@secateur/app';
import type { Layout } from '@secateur/groups';
import { outlook } from './outlook.ts';
import type { Settings } from './settings.ts';

/** The first epoch, counted from 0, whose network is not as good as dense for the reason alone that it still nearly is. */
export function firstCounted({ targetMacs, shrinkEpochs, rampEpochs }: Settings): number {
  return targetMacs === null ? rampEpochs : Math.ceil(shrinkEpochs) - 1;
}

/** What is told of the penalty before the first step; undefined when there is none. */
export function prospect(
  settings: Settings,
  full: Layout,
  norms: Readonly<Record<string, ArrayLike<number>>>,
  windows: number,
): string | undefined {
  const { targetMacs, lambda } = settings;
  if (targetMacs !== null) return targetText({ ...settings, targetMacs }, full, windows, 'word');
  return lambda > 0 ? outlook(settings, norms, windows) : undefined;
}
