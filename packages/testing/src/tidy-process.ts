// A setup file of tests that share a process: see `sharedProcess` in vitest.config.base.ts.
import { engine } from '@tensorflow/tfjs-core';
import { afterAll, vi } from 'vitest';

afterAll(() => {
  engine().disposeVariables();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
