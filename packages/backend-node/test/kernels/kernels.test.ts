import { useBackend } from '@secateur/backend';
import { kernelSuites, singleKernels } from '@secateur/testing/kernels';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { describeNative } from '../native.ts';

await describeNative('fused kernels', () => {
  let before = 0;
  beforeAll(() => useBackend('node'));
  beforeEach(() => {
    before = memory().numTensors;
  });
  afterEach(() => {
    expect(memory().numTensors).toBe(before);
  });
  kernelSuites(singleKernels, { addsInFloat32: true });
});
