import { linearSchedule } from '@secateur/lasso';
import type { Settings } from './settings.ts';

/** Learning rate by the number of epochs that are done, a fraction within an epoch. */
export function learningRateSchedule(settings: Settings): (epochsDone: number) => number {
  const { learningRate, epochs, decayFrom } = settings;
  if (decayFrom >= epochs) return () => learningRate;
  return linearSchedule({
    initValue: learningRate,
    endValue: 0,
    transitionSteps: epochs - decayFrom,
    transitionBegin: decayFrom,
  });
}
