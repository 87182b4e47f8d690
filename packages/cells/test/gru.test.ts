import {
  grads,
  mean,
  memory,
  tidy,
  variableGrads,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  CellError,
  foldSeed,
  gru,
  gruCell,
  uniform,
  uniformWeights,
  type Initialiser,
} from '@secateur/cells';
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
        const wanted = finiteDifference((moved) => {
          const y = gruReference({ ...values, recurrent: moved, ...sizes, resetAfter });
          return y.reduce((total, value) => total + value, 0) / y.length;
        }, recurrent);
        expectAllClose(slope!, wanted, { rtol: 1e-4, atol: 1e-6 });
      });
    },
  );

  test('names what does not fit', () => {
    tidy(() => {
      const given = gruTensors(values, sizes);
      const wrong = zeros<Tensor2D['rankType']>([3, 4]);
      expect(() => gru(wrong as never, given)).toThrow(CellError);
      expect(() => gru(wrong as never, given)).toThrow('gru: expected x to be float32 [?, ?, ?]');
      expect(() => gru(given.x, given, wrong)).toThrow(
        'gru: expected state to be float32 [2, 5], found float32 [3, 4]',
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

/** Biases that are not zero too. */
const uniformValues: Initialiser = (name, shape) =>
  uniform(shape, { min: -1, max: 1, seed: foldSeed(3, name) });

describeBackend('gruCell', () => {
  const options = {
    ...{ name: 'gru', input: 'embed', units: 'width', dims: { embed: 4, width: 5 } },
    init: uniformWeights({ min: -0.5, max: 0.5, seed: 2 }),
  };

  test('owns variables of the names and shapes of its layout', () => {
    const cell = gruCell(options);
    const shapes = Object.entries(cell.variables).map(([name, each]) => [name, each.shape]);
    expect(shapes).toEqual([
      ['gru/kernel', [4, 15]],
      ['gru/recurrent', [5, 15]],
      ['gru/bias', [15]],
      ['gru/recurrentBias', [15]],
    ]);
    expect(cell.layout.weights['gru/recurrent']!.text).toBe('width -> 3*width');
    cell.dispose();
  });

  test('has one bias where the reset gate comes before the product', () => {
    const cell = gruCell({ ...options, resetAfter: false });
    expect(Object.keys(cell.variables)).toEqual(['gru/kernel', 'gru/recurrent', 'gru/bias']);
    cell.dispose();
  });

  test.each([true, false])(
    'passes its order of gates, the reset form %s and the state on',
    (resetAfter) => {
      const made = gruCell({ ...options, gates: 'nrz', resetAfter, init: uniformValues });
      tidy(() => {
        const given = gruTensors(values, sizes);
        const { outputs } = made.call(given.x, given.h0);
        const weights = Object.fromEntries(
          Object.entries(made.variables).map(([name, each]) => [name.slice(4), each.dataSync()]),
        ) as Record<'kernel' | 'recurrent' | 'bias' | 'recurrentBias', Float32Array>;
        const { x, h0 } = values;
        expectAllClose(
          outputs,
          gruReference({ ...weights, x, h0, ...sizes, gates: 'nrz', resetAfter }),
        );
      });
      made.dispose();
    },
  );

  test('says at once that an order of gates is none', () => {
    const before = memory().numTensors;
    expect(() => gruCell({ ...options, gates: 'ifgo' })).toThrow(
      'expected the order of the blocks of "gru" to be a permutation of "zrn", found "ifgo"',
    );
    expect(memory().numTensors).toBe(before);
  });

  test.each([
    ['no units', { embed: 4, width: 0 }],
    ['no inputs', { embed: 0, width: 5 }],
  ])('with %s has gradients of the shapes of its weights', (_, dims) => {
    const cell = gruCell({ ...options, dims });
    tidy(() => {
      const cost = (): Scalar => mean(cell.call(zeros([2, 3, dims.embed])).outputs);
      const { grads: slopes } = variableGrads(cost, Object.values(cell.variables));
      for (const { name, shape } of Object.values(cell.variables)) {
        expect(slopes[name]!.shape, name).toEqual(shape);
      }
    });
    cell.dispose();
  });
});
