import { add, grads, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { describe as describeBackend, useBackend } from '@secateur/backend';
import { lstmCell } from '@secateur/kernels';
import { cellValues, listedCell } from '@secateur/testing/numeric';
import { describe, expect, test } from 'vitest';
import { firstWeights, loops } from '../loop/setup.ts';
import { trainOnBackend } from '../loop/train.ts';
import { digest, read } from '@secateur/testing/numeric';
import { optionsOf } from '../start.ts';
import type { Target } from '../targets.ts';

/** Digest of all weights after a run of the loop. */
async function digestOfLoop(): Promise<string> {
  const { weights } = await trainOnBackend(firstWeights(5), { ...loops[0]!, steps: 5 });
  return digest(Object.values(weights));
}

/** Digest of the gradients of an LSTM that is large enough for several threads to share it. */
async function digestOfLstm(): Promise<string> {
  const values = cellValues(lstmCell, { batch: 16, time: 4, input: 64, units: 130 });
  const slopes = await read(() => {
    const { tensors, run } = listedCell(lstmCell, values);
    const loss = (...tensors: Tensor[]): Tensor => {
      const { y, states } = run(tensors);
      return add(sum(mul(y, y)), sum(states['c']!));
    };
    return grads(loss)([...tensors]);
  });
  return digest(slopes);
}

/** Tests that the same program gives the same bits. */
export function determinismSuite(target: Target): void {
  describe('the same bits', () => {
    test('in two runs of the loop and of a larger LSTM', async ({ task }) => {
      const [loop, lstm] = [await digestOfLoop(), await digestOfLstm()];
      expect([await digestOfLoop(), await digestOfLstm()]).toEqual([loop, lstm]);
      // What runs in another process, or on another page, is compared by test:backends.
      task.meta.bits = `${loop}-${lstm}`;
    });
    test.skipIf(target.backend !== 'wasm')('whatever the number of threads', async () => {
      const all = await digestOfLstm();
      const { threads } = describeBackend().features;
      await useBackend('wasm', { ...optionsOf(target), threads: 1 });
      expect(describeBackend().features['threads']).toBe(1);
      expect(await digestOfLstm()).toBe(all);
      await useBackend('wasm', optionsOf(target));
      expect(describeBackend().features['threads']).toBe(threads);
      expect(await digestOfLstm()).toBe(all);
    });
  });
}
