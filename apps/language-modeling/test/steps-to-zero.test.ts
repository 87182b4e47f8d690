import { describe, expect, test } from 'vitest';
import { lambdaForecast, stepsToZero } from '../src/steps-to-zero.ts';
import { presets } from '../src/presets.ts';
import type { Settings } from '../src/settings.ts';

const base: Settings = {
  ...presets['small']!,
  ...{ epochs: 4, learningRate: 0.5, decayFrom: 3, decay: 0.5, lambda: 0.1, rampEpochs: 0 },
};

describe('stepsToZero', () => {
  test('each step takes learning rate times lambda', () => {
    // 0.05 a step.
    expect(stepsToZero(base, 0.149, 100)).toBe(3);
    expect(stepsToZero(base, 0.151, 100)).toBe(4);
  });

  test('the ramp makes the first steps weaker', () => {
    // Over one epoch of 10 steps: 0.05 × (0 + 0.1 + ... + 0.9) = 0.225, then 0.05 a step.
    expect(stepsToZero({ ...base, rampEpochs: 1 }, 0.224, 10)).toBe(10);
    expect(stepsToZero({ ...base, rampEpochs: 1 }, 0.27, 10)).toBe(11);
  });

  test('the learning rate falls, and the run ends', () => {
    // Two epochs of 2 steps at 0.05, one at 0.025, one at 0.0125: 0.275 in all.
    expect(stepsToZero(base, 0.224, 2)).toBe(5);
    expect(stepsToZero(base, 0.274, 2)).toBe(8);
    expect(stepsToZero(base, 0.276, 2)).toBe(Infinity);
  });
});

test('the forecast names each layer, its mean norm and the steps', () => {
  const said = lambdaForecast(base, { h1: [0.1, 0.18], h2: new Float32Array([9, 9]) }, 2);
  expect(said).toBe(
    'lambda 0.1 alone would take a component to zero in: h1, norm 0.14: 3 steps (1.5 epochs); h2, norm 9.00: more steps than the run has',
  );
});
