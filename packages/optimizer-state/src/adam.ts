import {
  scalar,
  tidy,
  variable,
  zerosLike,
  type AdamOptimizer,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Slot } from './slots.ts';

/** The fields of tfjs's Adam, typed as private there. */
interface Fields {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: (Slot | undefined)[];
  readonly accumulatedSecondMoment: (Slot | undefined)[];
}

/** What Adam steps with, under the names of Kingma and Ba, 2015. */
export interface AdamState extends Pick<Fields, 'learningRate' | 'beta1' | 'beta2' | 'epsilon'> {
  /** The powers of both betas at the next step: `beta^t`, scalars. */
  readonly betaPowers: readonly [Variable, Variable];
  /** First and second moment of the `i`-th weight, of its shape; zeros at its first step. */
  moments(i: number, weight: string, value: Variable): [first: Variable, second: Variable];
}

/**
 * Reads what Adam steps with; the variables are its own.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { mul, scalar, setBackend, train, variable } from '@tensorflow/tfjs-core';
 * import { adamState } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const w = variable(scalar(3), true, 'stepped');
 * const optimizer = train.adam(0.25, 0.5, 0.5);
 * optimizer.minimize(() => mul(w, 2)); // The gradient is 2.
 * const { learningRate, betaPowers, moments } = adamState(optimizer);
 * learningRate; // => 0.25
 * betaPowers.map((power) => power.dataSync()[0]); // => [0.25, 0.25]
 * moments(0, w.name, w).map((moment) => moment.dataSync()[0]); // => [1, 2]
 * w.dispose();
 * optimizer.dispose();
 * ```
 */
export function adamState(optimizer: AdamOptimizer): AdamState {
  const fields = optimizer as unknown as Fields;
  const { learningRate, beta1, beta2, epsilon, accBeta1, accBeta2 } = fields;
  const { accumulatedFirstMoment: first, accumulatedSecondMoment: second } = fields;
  return {
    learningRate,
    beta1,
    beta2,
    epsilon,
    betaPowers: [accBeta1, accBeta2],
    moments: (i, weight, value) => [
      slotAt(first, i, `${weight}/m`, value).variable,
      slotAt(second, i, `${weight}/v`, value).variable,
    ],
  };
}

function slotAt(slots: (Slot | undefined)[], i: number, originalName: string, of: Variable): Slot {
  return (slots[i] ??= { originalName, variable: variable(zerosLike(of), false) });
}

/**
 * Sets the powers of Adam's betas to what its steps have made of them: products in single precision. tfjs's setWeights
 * computes them by `pow`, to other bits.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { adamState, restoreBetaPowers, setIterations } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.adam(0.1, 0.5, 0.75);
 * setIterations(optimizer, 2); // As when a training of two steps goes on.
 * restoreBetaPowers(optimizer);
 * adamState(optimizer).betaPowers.map((power) => power.dataSync()[0]); // => [0.125, 0.421875]
 * optimizer.dispose();
 * ```
 */
export function restoreBetaPowers(optimizer: AdamOptimizer): void {
  const { beta1, beta2, betaPowers } = adamState(optimizer);
  tidy(() => {
    betaPowers[0].assign(scalar(powerOf(beta1, optimizer.iterations + 1)));
    betaPowers[1].assign(scalar(powerOf(beta2, optimizer.iterations + 1)));
  });
}

function powerOf(base: number, exponent: number): number {
  const factor = Math.fround(base);
  let power = factor;
  for (let i = 1; i < exponent && power !== 0; i++) power = Math.fround(power * factor);
  return power;
}
