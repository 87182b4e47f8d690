import type { Optimizer } from '@tensorflow/tfjs-core';
import { LassoError } from './error.ts';

interface Rated {
  learningRate?: unknown;
  setLearningRate?: (rate: number) => void;
  /** Of Adamax, what its learning rate falls by; RMSProp has another thing under this name. */
  readonly decay?: number;
}

/** Reads the learning rate that every optimizer of tfjs keeps (typed as protected there); undefined when there is none. */
export function readLearningRate(optimizer: Optimizer): number | undefined {
  const { learningRate } = optimizer as unknown as Rated;
  return typeof learningRate === 'number' ? learningRate : undefined;
}

/** Reads the rate of the step that an optimizer took last, where its own decay has made the learning rate smaller. */
export function readLastRate(optimizer: Optimizer): number | undefined {
  const rate = readLearningRate(optimizer);
  if (rate === undefined || optimizer.getClassName() !== 'Adamax') return rate;
  const { decay = 0 } = optimizer as unknown as Rated;
  return rate / (1 + decay * Math.max(0, optimizer.iterations - 1));
}

/** Sets the learning rate, also of optimizers of tfjs without a setter, such as Adam. */
export function writeLearningRate(optimizer: Optimizer, rate: number, where: string): void {
  if (!(typeof rate === 'number' && rate >= 0 && rate < Infinity)) {
    throw new LassoError(
      `${where}: expected a finite number >= 0, found ${String(rate)}; check the learning rate schedule.`,
    );
  }
  const rated = optimizer as unknown as Rated;
  // SGD and Momentum step with a tensor of the rate, which their method replaces and an assignment would not.
  if (typeof rated.setLearningRate === 'function') rated.setLearningRate(rate);
  else if (typeof rated.learningRate === 'number') rated.learningRate = rate;
  else {
    throw new LassoError(
      `${where}: expected an optimizer with a learning rate, found none on ${optimizer.getClassName()}; set it on the optimizer itself.`,
    );
  }
}
