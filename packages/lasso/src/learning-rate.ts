import { lastLearningRateOf, setLearningRate } from '@secateur/optimizer-state';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { checkNumber } from './check-number.ts';
import { argumentError } from './error.ts';
import type { ResolvedOptions } from './options.ts';
import { evaluateChecked } from './schedule.ts';

/** Sets the learning rate of an optimizer after a check. */
export function writeLearningRate(optimizer: Optimizer, rate: number, where: string): void {
  checkNumber(where, 'the rate', rate, { least: 0 }, 'check the learning rate schedule');
  if (setLearningRate(optimizer, rate)) return;
  throw argumentError(
    `${where}: expected an optimizer with a learning rate, found none on ${optimizer.getClassName()}; set it on the optimizer itself.`,
  );
}

/** The step size of the proximal step at a step: the option, else the rate of the step that the optimizer took last. */
export function stepSizeOf(
  { stepSize }: Pick<ResolvedOptions, 'stepSize'>,
  inner: Optimizer,
  step: number,
): number {
  const size = stepSize ?? lastLearningRateOf(inner);
  if (size === undefined) {
    throw argumentError(
      `groupLasso: expected an optimizer with a learning rate for penalty 'proximal', found none on ${inner.getClassName()}; pass stepSize.`,
    );
  }
  return evaluateChecked(size, stepSize === undefined ? 'the learning rate' : 'stepSize', step);
}
