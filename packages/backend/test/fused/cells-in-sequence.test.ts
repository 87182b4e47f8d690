// What any cell must do as a sequence, whatever runs it: the numbers are of a calculation by hand or of the cell itself.
import {
  add,
  clone,
  grads,
  slice,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { recurrentSequence, type RecurrentSequenceInputs } from '@secateur/backend/kernels';
import { type Cell, cellReference, gruCell, gruResetBeforeCell, lstmCell } from '@secateur/kernels';
import {
  cellsToTry,
  cellTensors,
  cellValues,
  describeBackend,
  expectAllClose,
} from '@secateur/testing';
import { expect, test } from 'vitest';

/** The first or the second half of the steps of `x`. */
const halfOf = (x: Tensor3D, second: boolean): Tensor3D => {
  const half = x.shape[1] / 2;
  return slice(x, [0, second ? half : 0, 0], [-1, half, -1]);
};

const permutations = (letters: string): string[] =>
  letters === ''
    ? ['']
    : [...letters].flatMap((letter) =>
        permutations(letters.replace(letter, '')).map((rest) => letter + rest),
      );

describeBackend('a cell over a sequence', () => {
  test('computes by hand what one unit of an LSTM does in one step', () => {
    tidy(() => {
      const { states } = recurrentSequence(lstmCell, {
        x: tensor3d([2], [1, 1, 1]),
        weights: { kernel: zeros([1, 4]), recurrent: zeros([1, 4]), bias: zeros([4]) },
        states: { c: tensor2d([3], [1, 1]) },
      });
      // Every gate is sigmoid(0) = 1/2 and the candidate tanh(0) = 0.
      expectAllClose(states['c']!, [1.5]);
      expectAllClose(states['h']!, [0.5 * Math.tanh(1.5)]);
    });
  });

  test('computes by hand what one unit of a GRU does in one step', () => {
    tidy(() => {
      const x = tensor3d([2], [1, 1, 1]);
      const states = { h: tensor2d([3], [1, 1]) };
      const [kernel, recurrent] = [zeros([1, 3]), tensor2d([0, 0, 1], [1, 3])];
      // Both gates are sigmoid(0) = 1/2.
      const [bias, recurrentBias] = [tensor1d([0, 0, 0.25]), tensor1d([0, 0, 0.5])];
      const after = recurrentSequence(gruCell, {
        x,
        states,
        weights: { kernel, recurrent, bias, recurrentBias },
      });
      expectAllClose(after.states['h']!, [1.5 + 0.5 * Math.tanh(0.25 + 0.5 * (3 + 0.5))]);
      const before = recurrentSequence(gruResetBeforeCell, {
        x,
        states,
        weights: { kernel, recurrent, bias: add(bias, recurrentBias) },
      });
      expectAllClose(before.states['h']!, [1.5 + 0.5 * Math.tanh(0.25 + 0.5 + 0.5 * 3)]);
    });
  });

  test.each([lstmCell, gruCell])('reads all orders of the blocks of $name', (cell: Cell) => {
    const sizes = { batch: 2, time: 2, input: 3, units: 5 };
    const orders = permutations(cell.blocks.map(({ name }) => name).join(''));
    expect(new Set(orders).size).toBe(cell === lstmCell ? 24 : 6);
    for (const order of orders) {
      const values = { ...cellValues(cell, sizes), order };
      const expected = cellReference(cell, values);
      tidy(() => {
        const { settings } = values;
        const { y } = recurrentSequence(cell, cellTensors(cell, values), { order, settings });
        expectAllClose(y, expected.y);
      });
    }
  });

  test.each(cellsToTry)(
    'goes on where its first half ended, with its gradient, as $name',
    ({ cell }) => {
      const sizes = { batch: 2, time: 6, input: 3, units: 5 };
      const values = cellValues(cell, sizes);
      const { order, settings } = values;
      tidy(() => {
        const { x, weights, states, masks } = cellTensors(cell, values);
        const names = Object.keys(weights);
        const run = (given: Tensor[], from: Tensor3D, before: RecurrentSequenceInputs['states']) =>
          recurrentSequence(
            cell,
            {
              x: from,
              states: before!,
              masks,
              weights: Object.fromEntries(names.map((name, k) => [name, given[k]!])),
            },
            { order, settings },
          );
        const whole = (...given: Tensor[]): Tensor =>
          sum(run(given, x, states).states[cell.output]!);
        const cut = (...given: Tensor[]): Tensor => {
          const first = run(given, halfOf(x, false), states);
          return sum(run(given, halfOf(x, true), first.states).states[cell.output]!);
        };
        const all = Object.values(weights);
        expectAllClose(cut(...all), whole(...all).dataSync());
        const [actual, expected] = [grads(cut)(all), grads(whole)(all)];
        actual.forEach((slope, k) =>
          expectAllClose(slope, expected[k]!, { rtol: 1e-4, atol: 1e-5 }),
        );
      });
    },
  );

  test('adds up gradients where two states are one tensor', () => {
    const sizes = { batch: 1, time: 2, input: 2, units: 2 };
    tidy(() => {
      const inputs = cellTensors(lstmCell, cellValues(lstmCell, sizes));
      const { h } = inputs.states;
      const loss = (first: Tensor, second: Tensor): Tensor => {
        const states = { h: first as Tensor2D, c: second as Tensor2D };
        return sum(recurrentSequence(lstmCell, { ...inputs, states }).y);
      };
      const [shared] = grads((both: Tensor) => loss(both, both))([h!]);
      const [dh, dc] = grads(loss)([h!, clone(h!)]);
      expectAllClose(shared!, add(dh!, dc!));
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      const inputs = cellTensors(
        gruCell,
        cellValues(gruCell, { batch: 2, time: 3, input: 4, units: 5 }),
      );
      const run =
        (change: object, weights: object = {}) =>
        (): unknown =>
          recurrentSequence(gruCell, {
            ...inputs,
            ...change,
            weights: { ...inputs.weights, ...weights },
          });
      const refuse = (actual: () => unknown, message: string): void => {
        expect(actual).toThrow(`recurrentSequence: expected ${message}`);
      };
      refuse(
        run({ x: zeros([2, 3]) }),
        'x to be float32 [batch, time, input], found float32 [2, 3]',
      );
      refuse(
        run({ x: zeros([2, 0, 4]) }),
        'batch and time to be at least 1, found 2 and 0; leave out what is empty.',
      );
      refuse(
        run({}, { kernel: zeros([4, 20]) }),
        'kernel to be float32 [4, 15], found float32 [4, 20]',
      );
      refuse(
        run({}, { recurrent: zeros([5, 20]) }),
        'recurrent to be float32 [5, 15], found float32 [5, 20]',
      );
      refuse(run({}, { bias: zeros([15], 'int32') }), 'bias to be float32 [15], found int32 [15]');
      refuse(
        run({ states: { h: zeros([3, 5]) } }),
        'state h to be float32 [2, 5], found float32 [3, 5]',
      );
    });
  });
});
