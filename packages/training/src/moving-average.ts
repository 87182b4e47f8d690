import { shown } from '@secateur/input';
import { add, dispose, keep, mul, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { argumentError, TrainingError } from './error.ts';

/** Averages of variables, exponentially weighed by age. */
export interface MovingAverage {
  /** Takes the variables' values after a step into the averages. */
  update(): void;
  /** The averages by the variables' names; they stay the average's, and change with the next update. */
  values(): Readonly<Record<string, Tensor>>;
  /**
   * Puts saved averages in place of those at hand.
   *
   * @throws {@link TrainingError} when one is missing or has another shape.
   */
  restore(averages: Readonly<Record<string, Tensor>>): void;
  /** Releases the averages; the variables stay. */
  dispose(): void;
}

/**
 * Follows variables by `average = decay * average + (1 - decay) * value` after every step, starting from their present
 * values, as TensorFlow's `ExponentialMovingAverage` does. Models are often evaluated with the averages: BiDAF with a decay
 * of 0.999.
 *
 * @throws {@link TrainingError} when `decay` is not from 0 to below 1.
 *
 * @example
 * ```ts
 * import { scalar, tidy, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { movingAverage } from '@secateur/training';
 *
 * await useBackend('cpu');
 * const bias = variable(scalar(0));
 * const average = movingAverage({ bias }, 0.75);
 * tidy(() => bias.assign(scalar(1))); // in place of a step of an optimizer
 * average.update();
 * await average.values()['bias']?.data(); // => [0.25]
 * average.dispose();
 * bias.dispose();
 * ```
 */
export function movingAverage(
  variables: Readonly<Record<string, Variable>>,
  decay: number,
): MovingAverage {
  if (!(typeof decay === 'number' && decay >= 0 && decay < 1)) {
    throw argumentError(
      `movingAverage: expected decay to be from 0 to below 1, found ${shown(decay)}; 0.999 looks back some thousand steps.`,
    );
  }
  const averages: Record<string, Tensor> = {};
  const replace = (name: string, next: Tensor): void => {
    averages[name]?.dispose();
    averages[name] = keep(next);
  };
  for (const [name, value] of Object.entries(variables)) replace(name, value.clone());
  return {
    update() {
      for (const [name, value] of Object.entries(variables)) {
        const before = averages[name]!;
        replace(
          name,
          tidy(() => add(mul(before, decay), mul(value, 1 - decay))),
        );
      }
    },
    values: () => ({ ...averages }),
    restore(saved) {
      const entries = Object.entries(averages).map(([name, { shape }]) => {
        const entry = saved[name];
        if (entry !== undefined && entry.shape.join() === shape.join())
          return [name, entry] as const;
        throw new TrainingError(
          `movingAverage: expected a saved average "${name}" [${shape.join(', ')}], found ${entry === undefined ? 'none' : `[${entry.shape.join(', ')}]`}; build the model that was saved.`,
          { code: 'tensors' },
        );
      });
      for (const [name, value] of entries) replace(name, value.clone());
    },
    dispose: () => {
      dispose(averages);
    },
  };
}
