import type { Optimizer } from '@tensorflow/tfjs-core';

/** Fields that tfjs types as protected, or that only some classes have. */
interface Fields {
  iterations_: number;
  incrementIterations(): void;
  learningRate?: unknown;
  setLearningRate?: (rate: number) => void;
  /** Of Adamax, what its learning rate falls by; RMSProp has another thing under this name. */
  readonly decay?: number;
}

const fieldsOf = (optimizer: Optimizer): Fields => optimizer as unknown as Fields;

/** Counts a step, as `applyGradients` of TensorFlow.js's optimizers does. */
export function countStep(optimizer: Optimizer): void {
  fieldsOf(optimizer).incrementIterations();
}

/** Sets the number of steps that an optimizer has taken. */
export function setIterations(optimizer: Optimizer, iterations: number): void {
  fieldsOf(optimizer).iterations_ = iterations;
}

/** The learning rate that every optimizer of TensorFlow.js keeps; undefined where there is none. */
export function learningRateOf(optimizer: Optimizer): number | undefined {
  const { learningRate } = fieldsOf(optimizer);
  return typeof learningRate === 'number' ? learningRate : undefined;
}

/** The learning rate of the step that an optimizer took last, which Adamax's own decay has made smaller. */
export function lastLearningRateOf(optimizer: Optimizer): number | undefined {
  const rate = learningRateOf(optimizer);
  if (rate === undefined || optimizer.getClassName() !== 'Adamax') return rate;
  const { decay = 0 } = fieldsOf(optimizer);
  return rate / (1 + decay * Math.max(0, optimizer.iterations - 1));
}

/** Sets the learning rate, also of optimizers without a setter, such as Adam; returns whether there is one. */
export function setLearningRate(optimizer: Optimizer, rate: number): boolean {
  const fields = fieldsOf(optimizer);
  // SGD and Momentum step with a tensor of the rate, which their method replaces and an assignment would not.
  if (typeof fields.setLearningRate === 'function') fields.setLearningRate(rate);
  else if (typeof fields.learningRate === 'number') fields.learningRate = rate;
  else return false;
  return true;
}
