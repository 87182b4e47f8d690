import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkRandomModel, NotRunnable } from './random/check.ts';

// `npm run test:models` checks as many as one likes.
const MODELS = 250;

// On the cpu backend alone: which values a backend computes is tested elsewhere, and it is the quickest on such sizes.
describe('pruneLayersModel of random models [cpu]', () => {
  beforeEach(async () => {
    await setBackend('cpu');
    // TensorFlow.js warns of every layer with initial states when its configuration is read.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test(`${MODELS} of them predict the same, differ in sizes only, and cannot be pruned again`, async () => {
    let checked = 0;
    let removed = 0;
    for (let seed = 0; checked < MODELS; seed++) {
      try {
        removed += (await checkRandomModel(seed)).removed;
        checked++;
      } catch (error) {
        if (!(error instanceof NotRunnable)) throw error;
      }
    }
    // Enough went for the comparison to mean something.
    expect(removed).toBeGreaterThan(MODELS);
  });
});
