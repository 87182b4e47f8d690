import {
  add,
  dispose,
  mul,
  square,
  sum,
  tensor,
  tidy,
  train,
  type Optimizer,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { initializers, layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { describeBackend, expectAllClose } from '@secateur/testing';
import {
  readOptimizerState,
  readVariables,
  writeOptimizerState,
  writeVariables,
} from '@secateur/training';
import { afterEach, describe, expect, test } from 'vitest';
import { groupLasso, type GroupLassoOptimizer, type GroupLassoOptions } from '../src/index.ts';
import { bits, disposeVariables, makeVariables, rows } from './helpers.ts';

/** Every optimizer of TensorFlow.js, with the rate it begins with. */
const kinds: readonly (readonly [string, number, () => Optimizer])[] = [
  ['sgd', 0.1, () => train.sgd(0.1)],
  ['momentum', 0.1, () => train.momentum(0.1, 0.9)],
  ['momentum (Nesterov)', 0.1, () => train.momentum(0.1, 0.9, true)],
  ['adam', 0.01, () => train.adam(0.01)],
  ['adamax', 0.01, () => train.adamax(0.01, 0.9, 0.999, 1e-7)],
  ['adamax (decay)', 0.02, () => train.adamax(0.02, 0.9, 0.999, 1e-7, 0.5)],
  ['rmsprop', 0.01, () => train.rmsprop(0.01)],
  ['rmsprop (centred, momentum)', 0.001, () => train.rmsprop(0.001, 0.9, 0.5, 1e-6, true)],
  ['adagrad', 0.1, () => train.adagrad(0.1)],
  ['adadelta', 0.5, () => train.adadelta(0.5, 0.9, 1e-6)],
];

const shape = { w: [3, 4], b: [4] };
const off: GroupLassoOptions = { lambda: 0, threshold: 0.5 };

function loss(variables: Readonly<Record<string, Variable>>): () => Scalar {
  return () =>
    Object.values(variables)
      .map((v, i) => mul(sum(square(add(v, -1 - i))), (i + 1) / 10))
      .reduce((a, b) => add(a, b)) as Scalar;
}

/** Sets a stock optimizer's rate in the way that takes effect there: SGD and Momentum have a method for it. */
function setStockRate(optimizer: Optimizer, rate: number): void {
  const stock = optimizer as unknown as {
    learningRate: number;
    setLearningRate?: (rate: number) => void;
  };
  if (stock.setLearningRate === undefined) stock.learningRate = rate;
  else stock.setLearningRate(rate);
}

/** Disposes an optimizer; tfjs's momentum forgets its learning rate tensor. */
function disposeOptimizer(optimizer: Optimizer): void {
  const { inner = optimizer } = optimizer as unknown as { inner?: Optimizer };
  optimizer.dispose();
  (inner as unknown as { c?: Tensor }).c?.dispose();
}

describeBackend('learningRate', () => {
  afterEach(disposeVariables);

  describe.each(kinds)('round %s', (_, rate, make) => {
    /** Bits of the weights after five steps, with a rate for each. */
    async function train5<T extends Optimizer>(
      optimizer: T,
      set: (optimizer: T, rate: number) => void,
    ): Promise<Uint32Array[]> {
      const variables = makeVariables(shape);
      for (const factor of [1, 1, 0.5, 3, 0]) {
        set(optimizer, rate * factor);
        optimizer.minimize(loss(variables));
      }
      const out = await Promise.all(Object.values(variables).map(bits));
      disposeOptimizer(optimizer);
      disposeVariables();
      return out;
    }

    test('is read, and assigned or set gives the steps of the stock optimizer', async () => {
      const stock = await train5(make(), setStockRate);
      const assign = (optimizer: GroupLassoOptimizer, value: number): void => {
        optimizer.learningRate = value;
        expect(optimizer.learningRate).toBe(value);
      };
      const set = (optimizer: GroupLassoOptimizer, value: number): void => {
        optimizer.setLearningRate(value);
        expect(optimizer.learningRate).toBe(value);
      };
      const made = groupLasso(make(), rows('w', 3), off);
      expect(made.learningRate).toBe(rate);
      expect(await train5(made, assign)).toEqual(stock);
      expect(await train5(groupLasso(make(), rows('w', 3), off), set)).toEqual(stock);
      const constant = await train5(make(), () => undefined);
      expect(constant).not.toEqual(stock);
    });

    test('scales the proximal step too, from the step after it was assigned', async () => {
      const lambda = 2;
      const stock = make();
      const proximal = groupLasso(make(), rows('w', 3), { lambda, penalty: 'proximal' });
      // Both take each step from the same weights: the stock one's, which the proximal step then shortens in float64.
      const variables = makeVariables(shape);
      const at = async (values: Float32Array, optimizer: Optimizer): Promise<Float32Array> => {
        tidy(() => {
          variables['w']!.assign(tensor(values, [3, 4]));
          variables['b']!.assign(tensor([1, 2, 3, 4]));
        });
        optimizer.minimize(loss(variables));
        return (await variables['w']!.data<'float32'>()).slice();
      };
      let w: Float32Array = (await variables['w']!.data<'float32'>()).slice();
      for (const [step, factor] of [1, 4, 0.25].entries()) {
        const taken = rate * factor;
        setStockRate(stock, taken);
        proximal.learningRate = taken;
        const moved = await at(w, stock);
        const actual = await at(w, proximal);
        // Adamax divides its rate by 1 + decay times the steps before.
        const { decay = 0 } = stock as unknown as { decay?: number };
        const decayed = stock.getClassName() === 'Adamax' ? taken / (1 + decay * step) : taken;
        expectAllClose(actual, shortened(moved, 3, decayed * lambda), { rtol: 1e-5, atol: 1e-6 });
        expect(actual).not.toEqual(moved);
        w = actual;
      }
      disposeOptimizer(stock);
      disposeOptimizer(proximal);
    });

    test('is part of a checkpoint, and what it was restored to is what steps take', async () => {
      const options: GroupLassoOptions = { lambda: 0.1, penalty: 'proximal' };
      let variables = makeVariables(shape);
      let optimizer = groupLasso(make(), rows('w', 3), options);
      optimizer.minimize(loss(variables));
      optimizer.learningRate = rate / 2;
      optimizer.minimize(loss(variables));
      const [weights, saved] = [
        await readVariables(variables),
        await readOptimizerState(optimizer),
      ];
      optimizer.minimize(loss(variables));
      const uninterrupted = await Promise.all(Object.values(variables).map(bits));
      disposeOptimizer(optimizer);
      disposeVariables();

      variables = makeVariables(shape, 9);
      optimizer = groupLasso(make(), rows('w', 3), options);
      writeVariables(variables, weights);
      await writeOptimizerState(optimizer, saved);
      expect(optimizer.learningRate).toBe(rate / 2);
      expect(optimizer.step).toBe(2);
      optimizer.minimize(loss(variables));
      expect(await Promise.all(Object.values(variables).map(bits))).toEqual(uninterrupted);
      disposeOptimizer(optimizer);
    });
  });

  test('is assigned by callbacks of model.fit, to the bits of the stock optimizer', async () => {
    const fit = async (make: (kernel: string) => Optimizer): Promise<Uint32Array[]> => {
      const model = denseModel();
      const optimizer = make(model.weights[0]!.name);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const [x, y] = [tensor([0, 1, 2, 3], [4, 1]), tensor([1, 3, 5, 7], [4, 1])];
      const onEpochBegin = (epoch: number): void => {
        (model.optimizer as unknown as { learningRate: number }).learningRate = 0.1 / (1 + epoch);
      };
      const args = { epochs: 4, batchSize: 2, shuffle: false, verbose: 0 };
      await model.fit(x, y, { ...args, callbacks: { onEpochBegin } });
      const out = await Promise.all(model.weights.map((w) => bits(w.read())));
      dispose([x, y]);
      model.dispose();
      disposeOptimizer(optimizer);
      disposeVariables();
      return out;
    };
    const stock = await fit(() => train.adam(0.5));
    expect(await fit((kernel) => groupLasso(train.adam(0.5), rows(kernel, 1), off))).toEqual(stock);
  });
});

/** Rows made shorter by `amount`, in float64, and none below zero. */
function shortened(w: Float32Array, count: number, amount: number): number[] {
  const width = w.length / count;
  return Array.from(w, (value, i) => {
    const row = Math.floor(i / width);
    const norm = Math.hypot(...w.subarray(row * width, (row + 1) * width));
    return value * Math.max(0, 1 - amount / norm);
  });
}

function denseModel(): Sequential {
  return sequential({
    layers: [
      layers.dense({
        name: 'only',
        units: 1,
        inputShape: [1],
        kernelInitializer: initializers.constant({ value: 0.5 }),
      }),
    ],
  });
}
