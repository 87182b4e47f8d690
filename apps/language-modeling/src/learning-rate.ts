import { exponentialDecay } from '@secateur/lasso';
import type { Settings } from './settings.ts';

/** Learning rate by epoch, counted from 0. */
export function learningRateSchedule(settings: Settings): (epoch: number) => number {
  const { learningRate, decay, decayEvery, decayFrom } = settings;
  return exponentialDecay({
    initValue: learningRate,
    decayRate: decay,
    transitionSteps: decayEvery,
    // The epoch `decayFrom`, counted from 1, has the first decay.
    transitionBegin: decayFrom - 1 - decayEvery,
    staircase: true,
  });
}
