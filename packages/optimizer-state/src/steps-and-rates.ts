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

/**
 * Counts a step, as `applyGradients` of TensorFlow.js's optimizers does.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { countStep } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.sgd(0.1);
 * countStep(optimizer);
 * optimizer.iterations; // => 1
 * optimizer.dispose();
 * ```
 */
export function countStep(optimizer: Optimizer): void {
  fieldsOf(optimizer).incrementIterations();
}

/**
 * Sets the number of steps that an optimizer has taken.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { countStep, setIterations } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.sgd(0.1);
 * setIterations(optimizer, 99);
 * countStep(optimizer);
 * optimizer.iterations; // => 100
 * optimizer.dispose();
 * ```
 */
export function setIterations(optimizer: Optimizer, iterations: number): void {
  fieldsOf(optimizer).iterations_ = iterations;
}

/**
 * The learning rate that every optimizer of TensorFlow.js keeps; undefined where there is none.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { learningRateOf } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.rmsprop(0.25);
 * learningRateOf(optimizer); // => 0.25
 * optimizer.dispose();
 * ```
 */
export function learningRateOf(optimizer: Optimizer): number | undefined {
  const { learningRate } = fieldsOf(optimizer);
  return typeof learningRate === 'number' ? learningRate : undefined;
}

/**
 * The learning rate of the step that an optimizer took last, which Adamax's own decay has made smaller.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { lastLearningRateOf, learningRateOf, setIterations } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.adamax(0.5, 0.9, 0.999, 1e-8, 1); // A decay of 1.
 * setIterations(optimizer, 2);
 * lastLearningRateOf(optimizer); // => 0.25
 * learningRateOf(optimizer); // => 0.5
 * optimizer.dispose();
 * ```
 */
export function lastLearningRateOf(optimizer: Optimizer): number | undefined {
  const rate = learningRateOf(optimizer);
  if (rate === undefined || optimizer.getClassName() !== 'Adamax') return rate;
  const { decay = 0 } = fieldsOf(optimizer);
  return rate / (1 + decay * Math.max(0, optimizer.iterations - 1));
}

/**
 * Sets the learning rate, also of optimizers without a setter, such as Adam; returns whether there is one.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { mul, scalar, setBackend, train, variable } from '@tensorflow/tfjs-core';
 * import { setLearningRate } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const w = variable(scalar(3));
 * const optimizer = train.sgd(0.1);
 * setLearningRate(optimizer, 0.5); // => true
 * optimizer.minimize(() => mul(w, 2));
 * w.dataSync(); // => [2]
 * w.dispose();
 * optimizer.dispose();
 * ```
 */
export function setLearningRate(optimizer: Optimizer, rate: number): boolean {
  const fields = fieldsOf(optimizer);
  // SGD and Momentum step with a tensor of the rate, which their method replaces and an assignment would not.
  if (typeof fields.setLearningRate === 'function') fields.setLearningRate(rate);
  else if (typeof fields.learningRate === 'number') fields.learningRate = rate;
  else return false;
  return true;
}
