import { grads, sum, tidy, zeros, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { CellError, rhn, variationalMask } from '@secateur/cells';
import {
  describeBackend,
  expectAllClose,
  rhnReference,
  rhnTensors,
  rhnValues,
} from '@secateur/testing';
import { expect, test } from 'vitest';

const sizes = { batch: 2, time: 3, input: 4, units: 5, depth: 3 };
const values = rhnValues(sizes);
const { x, kernel, recurrent, bias } = values;

describeBackend('rhn', () => {
  test('starts from zeros, without a mask and a transform bias', () => {
    tidy(() => {
      const given = rhnTensors(values, sizes);
      const { outputs, state } = rhn(given.x, given);
      const expected = rhnReference({ x, kernel, recurrent, bias, ...sizes });
      expect(outputs.shape).toEqual([2, 3, 5]);
      expectAllClose(outputs, expected);
      expectAllClose(state, [...expected.subarray(10, 15), ...expected.subarray(25, 30)]);
    });
  });

  test('starts from a given state, with a mask and a transform bias', () => {
    tidy(() => {
      const given = rhnTensors(values, sizes);
      const { outputs } = rhn(given.x, given, given.s0, { mask: given.mask, transformBias: -2 });
      expectAllClose(outputs, rhnReference({ ...values, ...sizes, transformBias: -2 }));
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      const given = rhnTensors(values, sizes);
      const wrong = zeros<Tensor2D['rankType']>([3, 4]);
      expect(() => rhn(wrong as never, given)).toThrow(CellError);
      expect(() => rhn(wrong as never, given)).toThrow(
        'rhn: expected x to be float32 [batch, time, input]',
      );
      expect(() => rhn(given.x, given, wrong)).toThrow(
        'rhn: expected state s to be float32 [2, 5], found float32 [3, 4]',
      );
      expect(() => rhn(given.x, given, given.s0, { mask: wrong })).toThrow(
        'expected mask to be float32 [2, 5], found float32 [3, 4]',
      );
      expect(() => rhn(given.x, given, given.s0, { transformBias: Infinity })).toThrow(
        'rhn: expected transformBias to be a finite number, found Infinity',
      );
    });
  });

  test('with every state entry dropped still carries the state on, and its weights get no gradient', () => {
    tidy(() => {
      const given = rhnTensors(values, sizes);
      const mask = zeros<Tensor2D['rankType']>([2, 5]);
      const [dx, drecurrent] = grads((input: Tensor, matrix: Tensor) =>
        sum(
          rhn(input as typeof given.x, { ...given, recurrent: matrix as Tensor2D }, given.s0, {
            mask,
          }).outputs,
        ),
      )([given.x, given.recurrent]);
      expectAllClose(drecurrent!, new Float32Array(150));
      expect(dx!.dataSync().some((value) => value !== 0)).toBe(true);
    });
  });

  test('one mask holds at all steps and depths', () => {
    tidy(() => {
      const given = rhnTensors(values, sizes);
      const mask = variationalMask(2, 5, 0.5, 7);
      const { outputs } = rhn(given.x, given, given.s0, { mask });
      expectAllClose(outputs, rhnReference({ ...values, mask: mask.dataSync(), ...sizes }));
    });
  });
});
