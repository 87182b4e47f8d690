import { grads, mean, tidy, zeros, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { CellError, gru } from '@secateur/cells';
import {
  describeBackend,
  expectAllClose,
  finiteDifference,
  gruReference,
  gruTensors,
  gruValues,
} from '@secateur/testing';
import { expect, test } from 'vitest';

const sizes = { batch: 2, time: 3, input: 4, units: 5 };
const values = gruValues(sizes);
const { x, kernel, recurrent, bias, recurrentBias } = values;

describeBackend('gru', () => {
  test('starts from zeros, in zrn order, with the reset gate after the product', () => {
    tidy(() => {
      const given = gruTensors(values, sizes);
      const { outputs, state } = gru(given.x, given);
      const expected = gruReference({ x, kernel, recurrent, bias, recurrentBias, ...sizes });
      expect(outputs.shape).toEqual([2, 3, 5]);
      expectAllClose(outputs, expected);
      expectAllClose(state, [...expected.subarray(10, 15), ...expected.subarray(25, 30)]);
    });
  });

  test.each([true, false])(
    'goes on from a state, in a given order, reset after %s',
    (resetAfter) => {
      tidy(() => {
        const given = gruTensors(values, sizes);
        const { outputs } = gru(given.x, given, given.h0, { gates: 'rzn', resetAfter });
        expectAllClose(outputs, gruReference({ ...values, ...sizes, gates: 'rzn', resetAfter }));
      });
    },
  );

  test('has no recurrent bias unless it is given one', () => {
    tidy(() => {
      const given = { ...gruTensors(values, sizes), recurrentBias: undefined };
      const { outputs } = gru(given.x, given, undefined, { resetAfter: false });
      const expected = gruReference({ x, kernel, recurrent, bias, ...sizes, resetAfter: false });
      expectAllClose(outputs, expected);
    });
  });

  test.each([true, false])(
    'differentiates the mean of its outputs, reset after %s',
    (resetAfter) => {
      tidy(() => {
        const given = gruTensors(values, sizes);
        const cost = (matrix: Tensor): Tensor =>
          mean(
            gru(given.x, { ...given, recurrent: matrix as Tensor2D }, given.h0, { resetAfter })
              .outputs,
          );
        const [slope] = grads(cost)([given.recurrent]);
        const expected = finiteDifference((moved) => {
          const y = gruReference({ ...values, recurrent: moved, ...sizes, resetAfter });
          return y.reduce((total, value) => total + value, 0) / y.length;
        }, recurrent);
        expectAllClose(slope!, expected, { rtol: 1e-4, atol: 1e-6 });
      });
    },
  );

  test('names what does not fit', () => {
    tidy(() => {
      const given = gruTensors(values, sizes);
      const wrong = zeros<Tensor2D['rankType']>([3, 4]);
      expect(() => gru(wrong as never, given)).toThrow(CellError);
      expect(() => gru(wrong as never, given)).toThrow(
        'gru: expected x to be float32 [batch, time, input]',
      );
      expect(() => gru(given.x, given, wrong)).toThrow(
        'gru: expected state h to be float32 [2, 5], found float32 [3, 4]',
      );
      expect(() => gru(given.x, { ...given, kernel: wrong })).toThrow(
        'expected kernel to be float32 [4, 15], found float32 [3, 4]',
      );
      expect(() => gru(given.x, given, undefined, { gates: 'ifgo' })).toThrow(
        'expected the order of the blocks of "gru" to be a permutation of "zrn", found "ifgo"',
      );
    });
  });
});
