import {
  grads,
  mean,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { CellError, lstm, uniform, type LstmWeights } from '@secateur/cells';
import { describeBackend, expectAllClose, lstmReference } from '@secateur/testing';
import { expect, test } from 'vitest';

const sizes = { batch: 2, time: 3, input: 5, units: 3 };
const draw = (shape: number[], seed: number): Float32Array =>
  uniform(shape, { min: -1, max: 1, seed }).data;
const values = {
  x: draw([2, 3, 5], 1),
  kernel: draw([5, 12], 2),
  recurrent: draw([3, 12], 3),
  bias: draw([12], 4),
  h0: draw([2, 3], 5),
  c0: draw([2, 3], 6),
};
const weightTensors = (): LstmWeights => ({
  kernel: tensor2d(values.kernel, [5, 12]),
  recurrent: tensor2d(values.recurrent, [3, 12]),
  bias: tensor1d(values.bias),
});

describeBackend('lstm', () => {
  test('starts from zeros, in ifgo order, without a forget bias', () => {
    const { x, kernel, recurrent, bias } = values;
    const expected = lstmReference({ x, kernel, recurrent, bias, ...sizes });
    tidy(() => {
      const { outputs, state } = lstm(tensor3d(x, [2, 3, 5]), weightTensors());
      expect(outputs.shape).toEqual([2, 3, 3]);
      expectAllClose(outputs, expected.y);
      expectAllClose(state.h, expected.h);
      expectAllClose(state.c, expected.c);
    });
  });

  test('starts from a given state, in the given order, with the given forget bias', () => {
    const expected = lstmReference({ ...values, ...sizes, gates: 'igfo', forgetBias: 1 });
    tidy(() => {
      const state = { h: tensor2d(values.h0, [2, 3]), c: tensor2d(values.c0, [2, 3]) };
      const result = lstm(tensor3d(values.x, [2, 3, 5]), weightTensors(), state, {
        gates: 'igfo',
        forgetBias: 1,
      });
      expectAllClose(result.outputs, expected.y);
      expectAllClose(result.state.c, expected.c);
    });
  });

  test('differentiates two layers in a row', () => {
    tidy(() => {
      const x = tensor3d(values.x, [2, 3, 5]);
      const first = weightTensors();
      const second = { ...first, kernel: tensor2d(draw([3, 12], 9), [3, 12]) };
      const cost = (kernel: Tensor): Tensor => {
        const { outputs } = lstm(x, { ...first, kernel: kernel as Tensor2D });
        return mean(lstm(outputs, second).outputs);
      };
      const [slope] = grads(cost)([first.kernel]);
      const at = (step: number): number => {
        const moved = values.kernel.slice();
        moved[7]! += step;
        const below = lstmReference({
          ...values,
          kernel: moved,
          ...sizes,
          h0: [0, 0, 0, 0, 0, 0],
          c0: [0, 0, 0, 0, 0, 0],
        });
        const above = lstmReference({
          x: below.y,
          kernel: draw([3, 12], 9),
          recurrent: values.recurrent,
          bias: values.bias,
          ...sizes,
          input: 3,
        });
        return above.y.reduce((total, y) => total + y, 0) / above.y.length;
      };
      // float32 rounds the moved weight, so the step is large.
      expectAllClose([slope!.dataSync()[7]!], [(at(1 / 256) - at(-1 / 256)) * 128], { rtol: 1e-3 });
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      const weights = weightTensors();
      const x = zeros<Tensor2D['rankType']>([3, 5]);
      expect(() => lstm(x as never, weights)).toThrow(CellError);
      expect(() => lstm(x as never, weights)).toThrow(
        'lstm: expected x to be float32 [batch, time, input], found float32 [3, 5]',
      );
      const state = { h: zeros([2, 3]) as Tensor2D, c: zeros([2, 4]) as Tensor2D };
      expect(() => lstm(zeros([2, 3, 5]), weights, state)).toThrow(
        'lstm: expected state c to be float32 [2, 3], found float32 [2, 4]',
      );
      expect(() => lstm(zeros([2, 3, 5]), weights, { h: state.h } as never)).toThrow(
        'lstm: expected state c to be float32 [2, 3], found undefined',
      );
      expect(() => lstm(zeros([2, 3, 4]), weights)).toThrow(
        'expected kernel to be float32 [4, 12], found float32 [5, 12]',
      );
      expect(() => lstm(zeros([2, 3, 5]), weights, undefined, { gates: 'if' })).toThrow(
        'expected the order of the blocks of "lstm" to be a permutation of "ifgo", found "if"',
      );
    });
  });
});
