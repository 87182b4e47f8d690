import { denseBincount, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { beforeAll, describe, expect, test } from 'vitest';

// Native TensorFlow has no such kernel.
describe.each(['cpu', 'wasm'] as const)('DenseBincount on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('with a binary output says which numbers there are', () => {
    tidy(() => {
      const vector = denseBincount(tensor1d([1, 1, 3], 'int32'), [] as number[], 4, true);
      expect([...vector.dataSync()]).toEqual([0, 1, 0, 1]);
      const rows = tensor2d(
        [
          [0, 0],
          [1, 2],
        ],
        [2, 2],
        'int32',
      );
      expect([...denseBincount(rows, [] as number[], 3, true).dataSync()]).toEqual([
        1, 0, 0, 0, 1, 1,
      ]);
    });
  });
  test('else counts them, or adds their weights', () => {
    tidy(() => {
      const x = tensor1d([1, 1, 3], 'int32');
      expect([...denseBincount(x, [] as number[], 4).dataSync()]).toEqual([0, 2, 0, 1]);
      expect([...denseBincount(x, tensor1d([0.5, 1, -2]), 4).dataSync()]).toEqual([0, 1.5, 0, -2]);
    });
  });
});
