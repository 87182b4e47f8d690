import { lambdaSchedule } from '@secateur/app';
import { learningRateSchedule } from './learning-rate.ts';
import type { Settings } from './settings.ts';

/**
 * Steps until the penalty alone takes a group of some norm to zero: each step of gradient descent shortens it by learning
 * rate × λ (Wen et al. 2018, section 3.2, without the data's gradient). Infinity when the run ends before.
 */
export function stepsToZero(settings: Settings, norm: number, stepsAnEpoch: number): number {
  const lambda = lambdaSchedule(settings);
  const learningRate = learningRateSchedule(settings);
  let left = norm;
  for (let step = 0; step < settings.epochs * stepsAnEpoch; step++) {
    const epochs = step / stepsAnEpoch;
    left -= learningRate(Math.floor(epochs)) * lambda(epochs);
    if (left <= 0) return step + 1;
  }
  return Infinity;
}

/** What λ means for the components of a network that begins to learn, for a person who has to choose it. */
export function lambdaForecast(
  settings: Settings,
  norms: Readonly<Record<string, ArrayLike<number>>>,
  stepsAnEpoch: number,
): string {
  const parts = Object.entries(norms).map(([dim, values]) => {
    const norm = Array.from(values).reduce((a, b) => a + b, 0) / Math.max(1, values.length);
    const steps = stepsToZero(settings, norm, stepsAnEpoch);
    const when = Number.isFinite(steps)
      ? `${steps.toLocaleString('en-GB')} steps (${(steps / stepsAnEpoch).toFixed(1)} epochs)`
      : 'more steps than the run has';
    return `${dim}, norm ${norm.toFixed(2)}: ${when}`;
  });
  return `lambda ${settings.lambda} alone would take a component to zero in: ${parts.join('; ')}`;
}
