import { dispose, mean, tensor, tensor2d, tidy, variableGrads, zeros } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  CellError,
  constant,
  foldSeed,
  gruLayer,
  lstmLayer,
  recurrentLayer,
  rhnLayer,
  sequence,
  uniform,
  uniformWeights,
  variationalMask,
  weightTensors,
  weightVariables,
  type Initializer,
} from '@secateur/cells';
import { formatWeight, layoutShapes } from '@secateur/groups';
import { cellReference, peepholeLstmCell } from '@secateur/kernels';
import {
  cellValues,
  describeBackend,
  expectAllClose,
  gruReference,
  gruTensors,
  gruValues,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';

const zero: Initializer = (_, shape) => constant(shape);
/** Biases that are not zero too. */
const everywhere: Initializer = (name, shape) =>
  uniform(shape, { min: -1, max: 1, seed: foldSeed(3, name) });

describe('what recurrent layers say of their weights', () => {
  test.each([
    [
      lstmLayer('l', { input: 'a + b', units: 'h' }),
      { 'l/kernel': 'a + b -> 4*h', 'l/recurrent': 'h -> 4*h', 'l/bias': '-> 4*h' },
      { 'l/h': 'h', 'l/c': 'h' },
    ],
    [
      gruLayer('g', { input: 'a', units: 'h' }),
      {
        'g/kernel': 'a -> 3*h',
        'g/recurrent': 'h -> 3*h',
        'g/bias': '-> 3*h',
        'g/recurrentBias': '-> 3*h',
      },
      { 'g/h': 'h' },
    ],
    [
      gruLayer('g', { input: 'a', units: 'h', resetAfter: false }),
      { 'g/kernel': 'a -> 3*h', 'g/recurrent': 'h -> 3*h', 'g/bias': '-> 3*h' },
      { 'g/h': 'h' },
    ],
    [
      rhnLayer('r', { input: 'a', units: 's', depth: 3 }),
      { 'r/kernel': 'a -> 2*s', 'r/recurrent': 's -> 6*s', 'r/bias': '-> 6*s' },
      { 'r/s': 's' },
    ],
  ])('$name', (layer, weights, states) => {
    const texts = Object.entries(layer.weights).map(([name, weight]) => [
      name,
      formatWeight(weight),
    ]);
    expect(Object.fromEntries(texts)).toEqual(weights);
    expect(layer.states).toEqual(states);
  });

  test('refuses at once what the cell does not have', () => {
    const options = { input: 'a', units: 'h' };
    expect(() => lstmLayer('l', { ...options, gates: 'ijfo' })).toThrow(
      'blockOrder: expected the order of the blocks of "lstm" to be a permutation of "ifgo", found "ijfo"',
    );
    expect(() => lstmLayer('l', { ...options, forgetBias: NaN })).toThrow(
      'l: expected forgetBias to be a finite number, found NaN',
    );
    const cell = peepholeLstmCell;
    expect(() => recurrentLayer('p', cell, { ...options, settings: { bias: 1 } })).toThrow(
      'p: expected settings of the cell "peephole lstm" to be forgetBias, found "bias"; leave it out.',
    );
    expect(() => recurrentLayer('p', cell, { ...options, stateDropout: 0.5 })).toThrow(CellError);
    expect(() => recurrentLayer('p', cell, { ...options, depth: 2 })).toThrow(
      'expected a depth of 1, found 2',
    );
    for (const depth of [0, NaN, -1]) {
      expect(() => rhnLayer('r', { ...options, depth })).toThrow(
        `r: expected a whole recurrence depth of 1 or more, found ${depth}`,
      );
    }
    for (const stateDropout of [NaN, 1, -0.5, null as never]) {
      expect(() => rhnLayer('r', { ...options, depth: 1, stateDropout })).toThrow(
        `r: expected stateDropout of at least 0 and below 1, found ${String(stateDropout)}`,
      );
    }
  });
});

describeBackend('recurrent layers', () => {
  test('an LSTM reads its gates in their order, with its forget bias, from its state', () => {
    const layer = lstmLayer('l', { input: 'a', units: 'h', gates: 'gofi', forgetBias: 100 });
    const net = sequence(layer);
    tidy(() => {
      const weights = weightTensors(net.init({ a: 3, h: 5 }, zero));
      const c = tensor2d([1, 2, 3, 4, 5], [1, 5]);
      const before = { 'l/h': zeros([1, 5]) as Tensor2D, 'l/c': c };
      const { state } = layer.apply(weights, zeros([1, 1, 3]), { state: before });
      // An open forget gate and a candidate of tanh(0) leave the state as it was.
      expectAllClose(state['l/c']!, c);
    });
  });

  test.each([true, false])('a GRU whose reset form is %s agrees with float64', (resetAfter) => {
    const sizes = { batch: 2, time: 3, input: 4, units: 5 };
    const values = gruValues(sizes);
    const layer = gruLayer('gru', { input: 'a', units: 'h', gates: 'nrz', resetAfter });
    const initial = sequence(layer).init({ a: 4, h: 5 }, everywhere);
    tidy(() => {
      const { x, h0 } = gruTensors(values, sizes);
      const given = { state: { 'gru/h': h0 as Tensor2D } };
      const { outputs } = layer.apply(weightTensors(initial), x, given);
      const weights = Object.fromEntries(
        Object.entries(initial).map(([name, { data }]) => [name.slice(4), data]),
      ) as Record<'kernel' | 'recurrent' | 'bias' | 'recurrentBias', Float32Array>;
      const form = { gates: 'nrz', resetAfter };
      expectAllClose(
        outputs,
        gruReference({ ...weights, x: values.x, h0: values.h0, ...sizes, ...form }),
      );
    });
  });

  test('an RHN shuts its transform gates by their bias, and drops its state in training', () => {
    const options = { input: 'a', units: 's', depth: 3 };
    const shut = rhnLayer('r', { ...options, transformBias: -100 });
    const half = rhnLayer('r', { ...options, stateDropout: 0.5 });
    tidy(() => {
      const weights = weightTensors(sequence(shut).init({ a: 4, s: 5 }, zero));
      const s = tensor2d([1, 2, 3, 4, 5], [1, 5]);
      const state = { 'r/s': s };
      // Shut transform gates carry the state through every depth; half open ones halve it at each, as tanh(0) is 0.
      expectAllClose(
        shut.apply(weights, zeros([1, 2, 4]), { state }).outputs,
        [1, 2, 3, 4, 5, 1, 2, 3, 4, 5],
      );
      const eighth = [1, 2, 3, 4, 5].map((value) => value / 8);
      expectAllClose(half.apply(weights, zeros([1, 1, 4]), { state }).state['r/s']!, eighth);

      const drawn = weightTensors(sequence(half).init({ a: 4, s: 5 }, everywhere));
      const x = zeros([1, 1, 4]);
      const whole = half.apply(drawn, x, { state }).outputs;
      const dropped = half.apply(drawn, x, { state, training: { seed: 7 } }).outputs;
      const again = half.apply(drawn, x, { state, training: { seed: 7 } }).outputs;
      const mask = variationalMask(1, 5, 0.5, 7);
      expect(new Set(mask.dataSync())).toEqual(new Set([0, 2]));
      expect([...dropped.dataSync()]).not.toEqual([...whole.dataSync()]);
      expectAllClose(dropped, again.dataSync());
    });
  });

  test('any cell runs as a layer', () => {
    const sizes = { batch: 2, time: 3, input: 3, units: 4 };
    const values = cellValues(peepholeLstmCell, sizes);
    const { order, settings } = values;
    const layer = recurrentLayer('p', peepholeLstmCell, {
      input: 'a',
      units: 'h',
      ...(order && { gates: order }),
      ...(settings && { settings }),
    });
    const shapes = layoutShapes(sequence(layer).layout({ a: 3, h: 4 }));
    const arrays = Object.entries(shapes).map(([name, shape]) => [
      name,
      { shape, data: Float32Array.from(values.weights[name.slice(2)]!) },
    ]);
    tidy(() => {
      const x = tensor(Float32Array.from(values.x), [2, 3, 3]);
      const states = Object.entries(values.states).map(([name, data]) => [
        `p/${name}`,
        tensor2d(Float32Array.from(data), [2, 4]),
      ]);
      const weights = weightTensors(Object.fromEntries(arrays));
      const { outputs } = layer.apply(weights, x, { state: Object.fromEntries(states) });
      expectAllClose(outputs, cellReference(peepholeLstmCell, values).y);
    });
  });

  test.each([
    ['no units', { a: 4, h: 0 }],
    ['no inputs', { a: 0, h: 5 }],
  ])('with %s has gradients of the shapes of its weights', (_, dims) => {
    const layers = [
      lstmLayer('l', { input: 'a', units: 'h' }),
      gruLayer('g', { input: 'a', units: 'h' }),
      rhnLayer('r', { input: 'a', units: 'h', depth: 2 }),
    ];
    for (const layer of layers) {
      const init = uniformWeights({ min: -0.5, max: 0.5, seed: 2 });
      const variables = weightVariables(sequence(layer).init(dims, init));
      tidy(() => {
        const cost = (): Scalar =>
          mean(layer.apply(variables, zeros([2, 3, dims.a])).outputs as Tensor);
        const { grads: slopes } = variableGrads(cost, Object.values(variables));
        for (const { name, shape } of Object.values(variables)) {
          expect(slopes[name]!.shape, name).toEqual(shape);
        }
      });
      dispose(variables);
    }
  });

  test('names the state that is missing', () => {
    const layer = lstmLayer('l', { input: 'a', units: 'h' });
    tidy(() => {
      const weights = weightTensors(sequence(layer).init({ a: 2, h: 1 }, zero));
      const state = { 'l/h': zeros([1, 1]) as Tensor2D };
      expect(() => layer.apply(weights, zeros([1, 1, 2]), { state })).toThrow(
        'l: expected all states or none, found no "l/c"; pass those that apply or zeroState gave.',
      );
    });
  });

  test('names the weight that is missing', () => {
    const layer = lstmLayer('l', { input: 'a', units: 'h' });
    tidy(() => {
      expect(() => layer.apply({ 'l/kernel': zeros([2, 4]) }, zeros([1, 1, 2]))).toThrow(
        'l: expected a weight "l/recurrent", found l/kernel; pass the weights by the names of the layout.',
      );
    });
  });
});
