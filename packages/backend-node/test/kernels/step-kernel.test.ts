import { useBackend } from '@secateur/backend';
import { expectAllClose } from '@secateur/testing';
import { grad, relu, step, tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { nativeTensors, stockOperations } from './handles.ts';

await describeNative('step', () => {
  beforeAll(() => useBackend('node'));

  const values = [Number.NaN, -Infinity, -2, -0, 0, 0.5, Infinity];

  test('is 1 above 0, 0 elsewhere, and NaN where it gets one', () => {
    tidy(() => {
      expect([...step(tensor1d(values)).dataSync()]).toEqual([Number.NaN, 0, 0, 0, 0, 1, 1]);
      expect(step(tensor([], [0, 3])).shape).toEqual([0, 3]);
    });
  });

  test('of another slope is the stock one', () => {
    tidy(() => {
      expectAllClose(step(tensor1d(values.slice(1)), -3), [-3, -3, -3, -3, 1, 1]);
    });
  });

  test('makes the gradient of a ReLU without a tensor of ones, and leaves none behind', () => {
    const before = nativeTensors();
    const operations = stockOperations(() => {
      const slopes = grad((x) => relu(x))(tensor2d([[-1, 2]]), tensor2d([[5, 7]]));
      expectAllClose(slopes, [[0, 7]]);
    });
    expect(operations).not.toContain('Select');
    expect(nativeTensors()).toBe(before);
  });
});
