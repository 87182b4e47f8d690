import { add, matMul, tensor2d } from '@tensorflow/tfjs-core';
import { describe as describeBackend, useBackend } from '@secateur/backend';
import { describe, expect, test } from 'vitest';
import { firstWeights, loops } from '../loop/setup.ts';
import { trainOnBackend } from '../loop/train.ts';
import { digest, read } from '@secateur/testing/numeric';
import { optionsOf } from '../start.ts';
import type { Target } from '../targets.ts';

/** Tests of switching to the cpu backend and back in one process. */
export function backendsSuite(target: Target): void {
  const other = target.backend === 'cpu' ? 'wasm' : 'cpu';
  const toOther = (): Promise<unknown> =>
    useBackend(other, optionsOf({ ...target, backend: other }));
  const back = (): Promise<unknown> => useBackend(target.backend, optionsOf(target));

  describe(`two backends in one process, this one and ${other}`, () => {
    test('each reads and computes with the tensors of the other', async () => {
      await toOther();
      const theirs = tensor2d([1, 2, 3, 4], [2, 2]);
      await back();
      expect(describeBackend().name).toBe(target.backend);
      const ours = matMul(theirs, theirs);
      expect([...(await ours.data())]).toEqual([7, 10, 15, 22]);
      await toOther();
      expect(describeBackend().name).toBe(other);
      expect([...(await ours.data())]).toEqual([7, 10, 15, 22]);
      // On WebGPU in Node TensorFlow.js cannot move what is on the device: it would have to read without waiting.
      if (target.name !== 'webgpu') {
        const [sum] = await read(() => [add(ours, theirs)]);
        expect([...sum!.data]).toEqual([8, 12, 18, 26]);
      }
      theirs.dispose();
      ours.dispose();
      await back();
    });

    test('training here is the same before and after the other trained', async () => {
      const run = async (): Promise<string> => {
        const { weights } = await trainOnBackend(firstWeights(7), { ...loops[1]!, steps: 3 });
        return digest(Object.values(weights));
      };
      const before = await run();
      await toOther();
      await run();
      await back();
      expect(await run()).toBe(before);
    });
  });
}
