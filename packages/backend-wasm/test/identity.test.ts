import { clone, memory, tensor1d, variable } from '@tensorflow/tfjs-core';
import { describeBackend } from '@whittle/testing';
import { expect, test } from 'vitest';

describeBackend('Identity', () => {
  test('shares the data, which lives as long as either tensor', () => {
    const { numDataBuffers } = memory();
    const x = tensor1d([1, 2, 3]);
    const y = clone(x);
    expect(memory().numDataBuffers).toBe(numDataBuffers + 1);
    expect(y.dataId).toBe(x.dataId);
    x.dispose();
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    y.dispose();
    expect(memory().numDataBuffers).toBe(numDataBuffers);
  });

  test('keeps a clone of a variable as it was when the variable gets a new value', () => {
    const initial = tensor1d([1, 2]);
    const next = tensor1d([3, 4]);
    const weight = variable(initial);
    const before = clone(weight);
    weight.assign(next);
    expect([...before.dataSync()]).toEqual([1, 2]);
    expect([...weight.dataSync()]).toEqual([3, 4]);
    for (const each of [initial, next, before, weight]) each.dispose();
  });

  test('copies strings', () => {
    const x = tensor1d(['a', 'b'], 'string');
    const y = clone(x);
    x.dispose();
    expect(y.dataSync()).toEqual(['a', 'b']);
    y.dispose();
  });
});
