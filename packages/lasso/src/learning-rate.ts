import { setLearningRate } from '@secateur/optimizer-state';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { LassoError } from './error.ts';

/** Sets the learning rate of an optimizer after a check. */
export function writeLearningRate(optimizer: Optimizer, rate: number, where: string): void {
  if (!(typeof rate === 'number' && rate >= 0 && rate < Infinity)) {
    throw new LassoError(
      `${where}: expected a finite number >= 0, found ${String(rate)}; check the learning rate schedule.`,
    );
  }
  if (setLearningRate(optimizer, rate)) return;
  throw new LassoError(
    `${where}: expected an optimizer with a learning rate, found none on ${optimizer.getClassName()}; set it on the optimizer itself.`,
  );
}
