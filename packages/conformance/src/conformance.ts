import { memory } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { releaseDevice, watchDevice } from './gpu.ts';
import { startTarget, type Started } from './start.ts';
import { activeSuite } from './suites/active.ts';
import { backendsSuite } from './suites/backends.ts';
import { determinismSuite } from './suites/determinism.ts';
import { kernelSuites, sequenceKernels, singleKernels } from '@secateur/testing/kernels';
import { layersSuite } from './suites/layers.ts';
import { loopSuite } from './suites/loop.ts';
import { stockSuite } from './suites/stock.ts';
import { type Target, targetOf } from './targets.ts';

/**
 * Declares all tests for one target, each of which fails when it leaves tensors behind or when the WebGPU device
 * reports an error. A file in `targets/` calls it once: a target has a process or a page of its own.
 */
export function conformance(name: string): void {
  const target = targetOf(name);
  describe(name, () => {
    let started: Started | undefined;
    let deviceErrors: () => Promise<string[]>;
    let before: Record<string, number>;

    beforeAll(async () => {
      started = await startTarget(target);
      deviceErrors = watchDevice();
    });
    afterAll(releaseDevice);
    beforeEach(() => {
      before = alive();
    });
    afterEach(async () => {
      expect(await deviceErrors()).toEqual([]);
      expect(alive(), 'tensors and buffers alive').toEqual(before);
    });

    activeSuite(target, () => started!);
    kernelSuites([...sequenceKernels, ...singleKernels], {
      addsInFloat32: !['cpu', 'wasm'].includes(target.backend),
      withoutLarge: target.backend === 'webgpu',
    });
    loopSuite();
    determinismSuite(target);
    backendsSuite(target);
    if (comparesKernels(target)) {
      stockSuite(target);
      layersSuite(target);
    }
  });
}

/** Native TensorFlow's kernels are TensorFlow's own; threads change no kernel but ours. */
const comparesKernels = ({ name, backend }: Target): boolean =>
  ['cpu', 'wasm', 'webgpu'].includes(backend) && name !== 'wasm-threads';

function alive(): Record<string, number> {
  const { numTensors, numDataBuffers } = memory();
  return { numTensors, numDataBuffers };
}
