import {
  dispose,
  grad,
  memory,
  mul,
  ones,
  sum,
  tidy,
  train,
  variable,
  zeros,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { recurrentSequence } from '@secateur/backend/kernels';
import {
  defineCell,
  gate,
  input as inputPart,
  mul as times,
  rhnCell,
  tanh,
  weightShapes,
} from '@secateur/kernels';
import {
  cellTensors,
  cellValues,
  coupledCell,
  describeBackend,
  expectAllClose,
} from '@secateur/testing';
import { expect, test } from 'vitest';

// Values and gradients: the suite of all fused kernels, which `@secateur/conformance` runs on every backend.
const sizes = { batch: 3, time: 4, input: 5, units: 6 };
const { batch, time, input, units } = sizes;
const looking = coupledCell;
const shapes = Object.entries(weightShapes(looking, sizes));
const values = cellValues(looking, sizes);
const attributes = { order: values.order, settings: values.settings };

/** Runs with all inputs but the mask as variables, which it disposes. */
const withVariables = <T>(
  run: (variables: Record<string, Variable>, masks: Record<string, Tensor2D>) => T,
): T => {
  const { x, weights, states, masks } = cellTensors(looking, values);
  const all = Object.entries({ x, ...weights, ...states }) as [string, Tensor][];
  const variables = Object.fromEntries(all.map(([name, value]) => [name, variable(value)]));
  const result = run(variables, masks);
  dispose({ ...masks });
  dispose(all.map(([, value]) => value));
  dispose(variables);
  return result;
};

const weightsOf = (variables: Record<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(shapes.map(([name]) => [name, variables[name]!]));

const runLooking = (
  variables: Record<string, Tensor>,
  masks: Record<string, Tensor2D>,
): ReturnType<typeof recurrentSequence> =>
  recurrentSequence(
    looking,
    {
      x: variables['x'] as Tensor3D,
      weights: weightsOf(variables),
      states: { h: variables['h'] as Tensor2D, c: variables['c'] as Tensor2D },
      masks,
    },
    attributes,
  );

describeBackend('recurrentSequence', () => {
  test('trains without keeping a tensor', () => {
    withVariables((variables, masks) => {
      const optimizer = train.sgd(0.2);
      const loss = (): Scalar =>
        sum(mul(runLooking(variables, masks).y, runLooking(variables, masks).y));
      const step = (): number => tidy(() => optimizer.minimize(loss, true)!.dataSync()[0]!);
      const first = step();
      const before = memory().numTensors;
      let last = first;
      for (let k = 0; k < 5; k++) last = step();
      expect(last).toBeLessThan(first);
      expect(memory().numTensors).toBe(before);
      optimizer.dispose();
    });
  });
  test('starts from zeros, masks nothing, and runs without units or inputs', () => {
    tidy(() => {
      for (const [width, none] of [
        [2, 3],
        [0, 3],
        [2, 0],
        [0, 0],
      ] as const) {
        const weights = Object.fromEntries(
          Object.entries(weightShapes(looking, { input: width, units: none })).map(
            ([name, shape]) => [name, ones([...shape])],
          ),
        );
        const x = ones<Rank.R3>([1, 2, width]);
        const { y, states } = recurrentSequence(looking, { x, weights });
        const same = recurrentSequence(looking, {
          x,
          weights,
          states: { h: zeros([1, none]), c: zeros([1, none]) },
          masks: { keep: ones([1, none]) },
        });
        expect(y.shape).toEqual([1, 2, none]);
        expect(states['c']!.shape).toEqual([1, none]);
        expectAllClose(y, same.y);
      }
    });
  });
  test('returns tensors of its own, also where a state is what it was given', () => {
    const passing = defineCell({
      name: 'passing',
      states: ['h', 'c', 'm'],
      blocks: 'n',
      equations: ({ h, c }) => ({ h: tanh(gate('n', h)), c, m: h }),
    });
    for (const size of [3, 0]) {
      const given = Object.entries(weightShapes(passing, { input: 2, units: size }));
      const weights = Object.fromEntries(given.map(([name, shape]) => [name, ones([...shape])]));
      const [x, h, c, m] = [
        ones<Rank.R3>([1, 1, 2]),
        ...[0, 0, 0].map(() => ones<Rank.R2>([1, size])),
      ];
      const states = { h: h as Tensor2D, c: c as Tensor2D, m: m as Tensor2D };
      const out = recurrentSequence(passing, { x: x as Tensor3D, weights, states });
      const slope = ones<Rank.R2>([1, size]);
      const dc = tidy(() =>
        grad((moved) => {
          const all = { ...states, c: moved as Tensor2D };
          return recurrentSequence(passing, { x: x as Tensor3D, weights, states: all }).states[
            'c'
          ]!;
        })(states.c, slope),
      );
      dispose([out.y, ...Object.values(out.states)]);
      for (const state of Object.values(states))
        expectAllClose(state, new Float64Array(size).fill(1));
      expectAllClose(dc, new Float64Array(size).fill(1));
      dispose(dc);
      expectAllClose(slope, new Float64Array(size).fill(1));
      dispose([x!, slope, ...Object.values(states), ...Object.values(weights)]);
    }
  });
  test.each([[[5, 15]], [[5, 0]]] as const)(
    'refuses recurrent weights %j of a cell that repeats',
    (shape) => {
      tidy(() => {
        const weights = { kernel: ones([4, 10]), recurrent: ones([...shape]), bias: ones([10]) };
        expect(() => recurrentSequence(rhnCell, { x: ones([2, 3, 4]), weights })).toThrow(
          `with a whole depth of 1 or more, found [${shape.join(', ')}]; put the matrices`,
        );
      });
    },
  );
  test('refuses what the cell does not have', () => {
    tidy(() => {
      const weights = Object.fromEntries(shapes.map(([name, shape]) => [name, ones([...shape])]));
      const x = ones<Rank.R3>([batch, time, input]);
      const run =
        (change: object, attributes = {}) =>
        (): unknown =>
          recurrentSequence(looking, { x, weights, ...change }, attributes);
      expect(run({})).not.toThrow();
      expect(run({ states: { s: ones([batch, units]) } })).toThrow(
        'recurrentSequence: expected states to be h, c, found "s"; leave it out.',
      );
      expect(run({ weights: { ...weights, scale: ones([units]) } })).toThrow(
        'expected weights to be kernel, recurrent, bias, pi, po, found "scale"',
      );
      expect(run({ weights: { kernel: weights['kernel'] } })).toThrow(
        'expected the weights kernel, recurrent, bias, pi, po of "coupled peephole lstm", found no recurrent',
      );
      expect(run({ weights: { ...weights, po: ones([units + 1]) } })).toThrow(
        'recurrentSequence: expected po to be float32 [6], found float32 [7]',
      );
      const gone = ones([5, 18]);
      gone.dispose();
      expect(run({ weights: { ...weights, kernel: gone } })).toThrow(
        'recurrentSequence: expected kernel to be float32 [5, 18], found a disposed tensor; dispose it later',
      );
      expect(run({ states: { c: ones([1, units]) } })).toThrow(
        'expected state c to be float32 [3, 6]',
      );
      expect(run({}, { settings: { forgetBias: 1 } })).toThrow(
        'expected settings to be inputBias, found "forgetBias"',
      );
      expect(run({}, { settings: { inputBias: NaN } })).toThrow('inputBias to be a finite number');
      expect(run({}, { order: 'igf' })).toThrow(
        'recurrentSequence: expected the order of the blocks of "coupled peephole lstm" to be a permutation of "igo", found "igf"',
      );
    });
  });
  test('throws the error of its caller, whatever is wrong', () => {
    tidy(() => {
      const weights = Object.fromEntries(shapes.map(([name, shape]) => [name, ones([...shape])]));
      const x = ones<Rank.R3>([batch, time, input]);
      const caller = { name: 'mine', failure: (message: string) => new RangeError(message) };
      for (const [change, attributes] of [
        [{ x: ones([1]) }, {}],
        [{ weights: {} }, {}],
        [{ masks: { s: ones([batch, units]) } }, {}],
        [{}, { order: 'igf' }],
        [{}, { settings: { inputBias: Infinity } }],
      ] as const) {
        const run = (): unknown =>
          recurrentSequence(looking, { x, weights, ...(change as object) }, attributes, caller);
        expect(run).toThrow(RangeError);
        expect(run).toThrow(/^mine: expected /);
      }
    });
  });
  test('refuses columns that are no multiple of the blocks, where only the kernel tells the units', () => {
    const two = defineCell({
      ...{ name: 'two inputs', states: ['h'], blocks: 'ab', bias: 'none' },
      equations: ({ h }) => ({ h: times(h, times(inputPart('a'), inputPart('b'))) }),
    });
    tidy(() => {
      const x = ones<Rank.R3>([1, 2, 2]);
      const run = (columns: number) => (): unknown =>
        recurrentSequence(two, { x, weights: { kernel: ones([2, columns]) } });
      expect(run(6)).not.toThrow();
      expect(run(7)).toThrow(
        'recurrentSequence: expected kernel to be float32 [2, 6], found float32 [2, 7]',
      );
    });
  });
});

// On its own, as TensorFlow.js keeps what it saved for the tape when a gradient throws.
test('recurrentSequence has no gradient in its masks, and says so', async () => {
  await useBackend('cpu');
  tidy(() => {
    const inputs = cellTensors(looking, values);
    const slope = grad((keep) => {
      const masks = { keep: keep as Tensor2D };
      return recurrentSequence(looking, { ...inputs, masks }, attributes).y;
    });
    expect(() => slope(ones([batch, units]))).toThrow(
      'recurrentSequence: expected the mask keep to be a constant, found a gradient asked of it; make it outside',
    );
  });
});
