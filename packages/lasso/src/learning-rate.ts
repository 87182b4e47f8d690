import type { Optimizer } from '@tensorflow/tfjs-core';
import { LassoError } from './error.ts';

interface Rated {
  learningRate?: unknown;
  setLearningRate?: (rate: number) => void;
}

/** Reads the learning rate that every optimizer of tfjs keeps (typed as protected there); undefined when there is none. */
export function readLearningRate(optimizer: Optimizer): number | undefined {
  const { learningRate } = optimizer as unknown as Rated;
  return typeof learningRate === 'number' ? learningRate : undefined;
}

/** Sets the learning rate, also of optimizers of tfjs without a setter, such as Adam. */
export function writeLearningRate(optimizer: Optimizer, rate: number): void {
  if (!(rate >= 0 && rate < Infinity)) {
    throw new LassoError(
      `setLearningRate: expected a finite number >= 0, found ${String(rate)}; check the learning rate schedule.`,
    );
  }
  const rated = optimizer as unknown as Rated;
  if (typeof rated.setLearningRate === 'function') rated.setLearningRate(rate);
  else if (typeof rated.learningRate === 'number') rated.learningRate = rate;
  else {
    throw new LassoError(
      `setLearningRate: expected an optimizer with a learning rate, found none on ${optimizer.getClassName()}; set it on the optimizer itself.`,
    );
  }
}
