import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

describe('expectAllClose', () => {
  test('accepts numbers, nested arrays, typed arrays and tensors', async () => {
    await useBackend('cpu');
    const before = memory().numTensors;
    const x = tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expectAllClose(x, [
      [1, 2],
      [3, 4],
    ]);
    expectAllClose(Float32Array.of(1, 2, 3, 4), x);
    expectAllClose(1, 1);
    x.dispose();
    expect(memory().numTensors).toBe(before);
  });
  test('allows atol + rtol * |expected| and no more', () => {
    expectAllClose([101], [100], { rtol: 0.01, atol: 0 });
    expectAllClose([0.5], [0], { rtol: 0, atol: 0.5 });
    expect(() => {
      expectAllClose([1, 102], [1, 100], { rtol: 0.01, atol: 0.5 });
    }).toThrow(
      'expectAllClose: expected 100 at index 1, found 102 (difference 2, rtol 0.01, atol 0.5)',
    );
  });
  test('names the worst of several', () => {
    expect(() => {
      expectAllClose([2, 9, 3], [1, 1, 1]);
    }).toThrow('expected 1 at index 1, found 9');
  });
  test('takes a NaN or an infinity only for itself', () => {
    expectAllClose([NaN, Infinity], [NaN, Infinity]);
    for (const [actual, expected] of [
      [NaN, 1],
      [1, NaN],
      [Infinity, 1],
      [-Infinity, Infinity],
    ]) {
      expect(() => {
        expectAllClose(actual!, expected!, { atol: 1e9 });
      }).toThrow('at index 0');
    }
  });
  test('fails on another number of values', () => {
    expect(() => {
      expectAllClose([1, 2], [1]);
    }).toThrow('number of values');
  });
});
