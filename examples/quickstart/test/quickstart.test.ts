import { getBackend, memory } from '@tensorflow/tfjs-core';
import { readModelDirectory } from '@secateur/pruner/node';
import { describeBackend } from '@secateur/testing';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { expect, test } from 'vitest';
import { characters } from '../src/data.ts';
import { run } from '../src/train.ts';

describeBackend('the quick start', () => {
  test('ends within its budget, as good as before it was cut, in files that can be read', async () => {
    const folder = temporaryFolder();
    const said: string[] = [];
    const before = memory().numTensors;
    try {
      const shape = { rows: 8, steps: 8 };
      const settings = { units: 12, steps: 100, shape, budget: 0.4, folder };
      const { units, perplexity, difference } = await run(settings, (line) => said.push(line));
      expect(memory().numTensors).toBe(before);
      expect(said).toHaveLength(1);
      expect(units).toBeGreaterThan(0);
      expect(units).toBeLessThan(12);
      // Native TensorFlow cuts products into parts by their sizes, and then rounds otherwise.
      const isNative = getBackend() === 'tensorflow';
      expect(difference).toBeLessThanOrEqual(isNative ? 1e-6 : 0);
      expect(Math.abs(perplexity[1] - perplexity[0])).toBeLessThanOrEqual(isNative ? 1e-4 : 0);
      // It has learned more than how often each character occurs.
      expect(perplexity[1]).toBeLessThan(20);
      const { weights } = await readModelDirectory(folder);
      expect(weights['softmax/kernel']!.shape).toEqual([units, characters.length]);
    } finally {
      removeFolder(folder);
    }
  });
});
