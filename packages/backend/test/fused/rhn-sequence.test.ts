import { grad, ones, tidy, zeros, type Tensor2D } from '@tensorflow/tfjs-core';
import { BackendError, rhnSequence, useBackend } from '@secateur/backend';
import { describeBackend, rhnTensors, rhnValues } from '@secateur/testing';
import { expect, test } from 'vitest';

const sizes = { batch: 2, time: 3, input: 4, units: 5, depth: 2 };
const attributes = { transformBias: 0 };

describeBackend('rhnSequence', () => {
  test.each([
    ['x', [2, 3], 'expected x to be float32 [?, ?, ?], found float32 [2, 3]'],
    ['x', [2, 0, 4], 'expected at least one sequence and one step, found x [2, 0, 4]'],
    ['kernel', [4, 20], 'expected kernel to be float32 [4, 10], found float32 [4, 20]'],
    ['recurrent', [5, 15], 'depth of 1 or more, found [5, 15]; put the matrices'],
    ['recurrent', [5, 0], 'depth of 1 or more, found [5, 0]'],
    ['bias', [10], 'expected bias to be float32 [20], found float32 [10]'],
    ['s0', [3, 5], 'expected s0 to be float32 [2, 5], found float32 [3, 5]'],
    ['mask', [2, 3, 5], 'expected mask to be float32 [2, 5], found float32 [2, 3, 5]'],
  ])('refuses %s %j', (name, shape, message) => {
    tidy(() => {
      const inputs = { ...rhnTensors(rhnValues(sizes), sizes), [name]: zeros(shape) };
      const run = () => rhnSequence(inputs, attributes);
      expect(run).toThrow(BackendError);
      expect(run).toThrow(message);
    });
  });

  test('refuses a transform bias that is no number', () => {
    tidy(() => {
      const inputs = rhnTensors(rhnValues(sizes), sizes);
      expect(() => rhnSequence(inputs, { transformBias: NaN })).toThrow(
        'expected transformBias to be a finite number, found NaN',
      );
    });
  });
});

// On its own, as TensorFlow.js keeps what it saved for the tape when a gradient throws.
test('rhnSequence has no gradient in its mask, and says so', async () => {
  await useBackend('cpu');
  tidy(() => {
    const inputs = rhnTensors(rhnValues(sizes), sizes);
    const slope = grad((mask) => rhnSequence({ ...inputs, mask: mask as Tensor2D }, attributes).y);
    expect(() => slope(ones([2, 5]))).toThrow('expected a mask that is a constant');
  });
});
