import {
  add,
  dispose,
  memory,
  mul,
  square,
  sum,
  tensor,
  tidy,
  train,
  variableGrads,
  zerosLike,
  type Optimizer,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { groupLasso, joinSchedules, linearSchedule, type GroupLassoOptions } from '../src/index.ts';
import {
  bits,
  disposeVariables,
  groups,
  makeVariable,
  makeVariables,
  rows,
  shapes,
  squaresOf,
  valuesOf,
} from './helpers.ts';

const kinds: readonly (readonly [string, () => Optimizer])[] = [
  ['sgd', () => train.sgd(0.1)],
  ['momentum', () => train.momentum(0.1, 0.9)],
  ['adam', () => train.adam(0.01)],
];

/** A loss that touches every weight: the sum of (w - i / 10)^2, weighted by position of the weight. */
function loss(variables: Readonly<Record<string, Variable>>): () => Scalar {
  return () =>
    Object.values(variables)
      .map((v, i) => mul(sum(square(add(v, -i / 10))), (i + 1) / 10))
      .reduce((a, b) => add(a, b)) as Scalar;
}

/** Disposes an optimizer; tfjs's momentum forgets its learning rate tensor. */
function disposeOptimizer(optimizer: Optimizer): void {
  const { inner = optimizer } = optimizer as unknown as { inner?: Optimizer };
  optimizer.dispose();
  (inner as unknown as { c?: Tensor }).c?.dispose();
}

/** One step whose loss has no gradient at all, so that only the hook moves the weights. */
function stepOfZeros(optimizer: Optimizer, variables: Readonly<Record<string, Variable>>): void {
  const gradients = Object.fromEntries(
    Object.entries(variables).map(([n, v]) => [n, zerosLike(v)]),
  );
  optimizer.applyGradients(gradients);
  dispose(gradients);
}

describeBackend('groupLasso', () => {
  afterEach(disposeVariables);

  describe.each(kinds)('round %s', (_, make) => {
    test.each<[string, GroupLassoOptions]>([
      ['lambda 0', { lambda: 0, threshold: 0.5 }],
      ['lambda 0 by a schedule', { lambda: () => 0, threshold: 0.5, penalty: 'proximal' }],
    ])('with %s takes the same steps, bit for bit', async (_name, options) => {
      const run = async (wrap: (o: Optimizer) => Optimizer): Promise<Uint32Array[]> => {
        const variables = makeVariables();
        const optimizer = wrap(make());
        for (let i = 0; i < 5; i++) optimizer.minimize(loss(variables));
        const out = await Promise.all(Object.values(variables).map(bits));
        disposeOptimizer(optimizer);
        disposeVariables();
        return out;
      };
      const bare = await run((o) => o);
      expect(await run((o) => groupLasso(o, groups, options))).toEqual(bare);
    });

    test.each<[string, GroupLassoOptions]>([
      ['the subgradient', { lambda: 0.01, threshold: 1e-3, clipNorm: 1 }],
      ['the proximal step', { lambda: 0.01, penalty: 'proximal', weighting: 'sqrt-size' }],
    ])('with %s keeps the number of tensors flat over 100 steps', async (_name, options) => {
      const variables = makeVariables();
      const optimizer = groupLasso(make(), groups, options);
      optimizer.minimize(loss(variables));
      await optimizer.metrics();
      const { numTensors } = memory();
      for (let i = 0; i < 100; i++) optimizer.minimize(loss(variables));
      await optimizer.metrics();
      await optimizer.norms();
      expect(memory().numTensors).toBe(numTensors);
      disposeOptimizer(optimizer);
    });

    test('keeps state with its weight when gradients come in another order, or not at all', async () => {
      const names = Object.keys(shapes);
      const run = async (
        orders: (i: number) => string[],
        asList: boolean,
      ): Promise<Uint32Array[]> => {
        const variables = makeVariables();
        const optimizer = groupLasso(make(), groups, {
          lambda: 0.01,
          missingGradients: 'ignore',
        });
        for (let i = 0; i < 4; i++) {
          const { value, grads } = variableGrads(loss(variables), Object.values(variables));
          const given = orders(i).map((name) => ({ name, tensor: grads[name]! }));
          const map = Object.fromEntries(given.map(({ name, tensor }) => [name, tensor]));
          optimizer.applyGradients(asList ? given : map);
          dispose([value, grads]);
        }
        const out = await Promise.all(Object.values(variables).map(bits));
        disposeOptimizer(optimizer);
        disposeVariables();
        return out;
      };
      const straight = await run(() => names, true);
      const turned = (i: number): string[] => (i % 2 ? names.toReversed() : names);
      expect(await run(turned, true)).toEqual(straight);
      expect(await run(turned, false)).toEqual(straight);

      const without = (i: number): string[] => (i === 2 ? names.slice(1) : names);
      const late = (i: number): string[] => (i === 2 ? names.slice(1) : names.toReversed());
      expect(await run(late, false)).toEqual(await run(without, false));
    });
  });

  test('adds lambda * w / ||w|| to the gradient', async () => {
    const w = makeVariable('w', [3, -4, 0, 0], [2, 2]);
    const optimizer = groupLasso(train.sgd(0.5), rows('w', 2), { lambda: 2 });
    stepOfZeros(optimizer, { w });
    expectAllClose(await w.data(), [3 - 0.6, -4 + 0.8, 0, 0]);
    disposeOptimizer(optimizer);
  });

  test('clips the sum of both gradients, and reports the norm before the clip', async () => {
    const w = makeVariable('w', [3, -4], [1, 2]);
    const optimizer = groupLasso(train.sgd(1), rows('w', 1), { lambda: 5, clipNorm: 1 });
    const gradient = tensor([[3, -4]]);
    optimizer.applyGradients({ w: gradient });
    // Loss gradient of norm 5 and penalty gradient of norm 5 point the same way.
    expectAllClose(await w.data(), [3 - 0.6, -4 + 0.8]);
    expectAllClose((await optimizer.metrics()).gradientNorm, 10);
    gradient.dispose();
    disposeOptimizer(optimizer);
  });

  test('does not turn an exploding gradient into a step of zeros', async () => {
    const w = makeVariable('w', [3, -4], [1, 2]);
    const optimizer = groupLasso(train.sgd(1), rows('w', 1), {
      lambda: 1,
      clipNorm: 1,
      threshold: 1,
    });
    const gradient = tensor([[Infinity, 1]]);
    optimizer.applyGradients({ w: gradient });
    expect([...(await w.data())]).toEqual([NaN, NaN]);
    expect((await optimizer.metrics()).gradientNorm).toBe(Infinity);
    gradient.dispose();
    disposeOptimizer(optimizer);
  });

  test('thresholds every trained variable, or only penalized ones', async () => {
    for (const [thresholdScope, bias] of [
      ['all', 0],
      ['groups', 0.25],
    ] as const) {
      const w = makeVariable('w', [0.25, 4], [1, 2]);
      const b = makeVariable('b', [0.25, 4]);
      const options = { lambda: 1e-6, threshold: 0.5, thresholdScope };
      const optimizer = groupLasso(train.sgd(1), rows('w', 1), options);
      stepOfZeros(optimizer, { w, b });
      expectAllClose(await w.data(), [0, 4]);
      expectAllClose(await b.data(), [bias, 4]);
      disposeOptimizer(optimizer);
      disposeVariables();
    }
  });

  test('leaves variables without a gradient and variables that are not trained alone', async () => {
    const w = makeVariable('w', [0.3, 0.4], [1, 2]);
    const other = makeVariable('other', [0.25]);
    const frozen = makeVariable('frozen', [0.25]);
    const optimizer = groupLasso(train.adam(0.1), rows('w', 1), {
      lambda: 1,
      threshold: 0.5,
      missingGradients: 'ignore',
    });
    const gradient = tensor([1]);
    optimizer.applyGradients([
      { name: 'w', tensor: undefined as unknown as Tensor },
      { name: 'other', tensor: gradient },
    ]);
    expect([...(await w.data())]).toEqual([0.3, 0.4].map(Math.fround));
    expectAllClose(await frozen.data(), [0.25]);
    expectAllClose(await other.data(), [0]);
    gradient.dispose();
    disposeOptimizer(optimizer);
  });

  test('drives a group without data gradient to exact zero: paper threshold', async () => {
    const w = makeVariable('w', [0.3, 0.4, 3, 4], [2, 2]);
    const optimizer = groupLasso(train.sgd(0.1), rows('w', 2), { lambda: 0.1, threshold: 0.02 });
    for (let i = 0; i < 50; i++) stepOfZeros(optimizer, { w });
    expect([...(await w.data())].slice(0, 2)).toEqual([0, 0]);
    expect((await optimizer.metrics()).alive).toEqual({ rows: 1 });
    expectAllClose((await optimizer.norms())['rows']!, [0, 4.5], { rtol: 1e-4, atol: 0 });
    disposeOptimizer(optimizer);
  });

  describe('proximal', () => {
    test('shrinks by the current learning rate times lambda after the inner step', async () => {
      const w = makeVariable('w', [3, 4, 0.03, 0.04], [2, 2]);
      const optimizer = groupLasso(train.adam(0.5), rows('w', 2), {
        lambda: 2,
        penalty: 'proximal',
      });
      optimizer.setLearningRate(0.25);
      expect(optimizer.learningRate).toBe(0.25);
      stepOfZeros(optimizer, { w });
      expectAllClose(await w.data(), [2.7, 3.6, 0, 0]);
      disposeOptimizer(optimizer);
    });

    test('takes a step size of its own', async () => {
      const w = makeVariable('w', [3, 4], [1, 2]);
      const stepSize = joinSchedules([0, 1], [1]);
      const options: GroupLassoOptions = { lambda: 1, penalty: 'proximal', stepSize };
      const optimizer = groupLasso(train.sgd(7), rows('w', 1), options);
      stepOfZeros(optimizer, { w });
      expectAllClose(await w.data(), [3, 4]);
      stepOfZeros(optimizer, { w });
      expectAllClose(await w.data(), [2.4, 3.2]);
      disposeOptimizer(optimizer);
    });
  });

  test('asks schedules with the number of steps taken, also after setStep', async () => {
    const asked: number[] = [];
    const lambda = (step: number): number => (asked.push(step), 0.1);
    const variables = makeVariables();
    const optimizer = groupLasso(train.sgd(0.1), groups, { lambda });
    optimizer.minimize(loss(variables));
    optimizer.minimize(loss(variables));
    optimizer.setStep(40);
    optimizer.minimize(loss(variables));
    expect(asked).toEqual([0, 1, 40]);
    expect(optimizer.step).toBe(41);
    disposeOptimizer(optimizer);
  });

  test('reports penalty, schedules and living components', async () => {
    const variables = makeVariables();
    const lambda = linearSchedule({ initValue: 0.1, endValue: 0.3, transitionSteps: 2 });
    const options = { lambda, threshold: 1e-4 };
    const optimizer = groupLasso(train.sgd(0.01), groups, options);
    expect(await optimizer.metrics()).toMatchObject({
      step: 0,
      lambda: 0.1,
      threshold: 1e-4,
      gradientNorm: NaN,
      alive: { h1: 4, h2: 3 },
      sizes: { h1: 4, h2: 3 },
    });
    for (let i = 0; i < 2; i++) optimizer.minimize(loss(variables));
    const norms = squaresOf(await valuesOf(variables), groups).map(Math.sqrt);
    const { step, lambda: last, penalty } = await optimizer.metrics();
    expect({ step, last }).toEqual({ step: 2, last: 0.2 });
    expectAllClose(penalty, 0.2 * norms.reduce((a, b) => a + b));
    const { h1, h2 } = await optimizer.norms();
    expectAllClose([...h1!, ...h2!], norms);
    disposeOptimizer(optimizer);
  });

  test('minimizes with a list of variables and returns the cost', async () => {
    const variables = makeVariables();
    const unused = makeVariable('unused', [1, 2]);
    const optimizer = groupLasso(train.momentum(0.1, 0.9), groups, { lambda: 0.01 });
    const costs: number[] = [];
    for (let i = 0; i < 3; i++) {
      const cost = optimizer.minimize(loss(variables), true, [
        ...Object.values(variables),
        unused,
      ])!;
      costs.push((await cost.data())[0]!);
      cost.dispose();
    }
    expect(costs[2]).toBeLessThan(costs[0]!);
    expect([...(await unused.data())]).toEqual([1, 2]);
    expect(optimizer.iterations).toBe(3);
    disposeOptimizer(optimizer);
  });

  test('resumes from saved state even when gradients then come in another order', async () => {
    const names = Object.keys(shapes);
    const steps = (
      optimizer: Optimizer,
      variables: Record<string, Variable>,
      order: string[],
    ): void => {
      const { value, grads } = variableGrads(loss(variables), Object.values(variables));
      optimizer.applyGradients(order.map((name) => ({ name, tensor: grads[name]! })));
      dispose([value, grads]);
    };
    const variables = makeVariables();
    const first = groupLasso(train.momentum(0.1, 0.9), groups, { lambda: 0.01 });
    for (let i = 0; i < 3; i++) steps(first, variables, names);
    const kept = await first.getWeights();
    const state = kept.map(({ name, tensor: t }) => ({
      name,
      tensor: tensor([...t.dataSync()], t.shape, t.dtype as 'float32'),
    }));
    const weights = Object.values(variables).map((v) => [...v.dataSync()]);
    steps(first, variables, names);
    const expected = await Promise.all(Object.values(variables).map(bits));

    Object.values(variables).forEach((v, i) => {
      const before = tensor(weights[i]!, v.shape);
      v.assign(before);
      before.dispose();
    });
    const second = groupLasso(train.momentum(0.1, 0.9), groups, { lambda: 0.01 });
    await second.setWeights(state);
    second.setStep(3);
    steps(second, variables, names.toReversed());
    expect(await Promise.all(Object.values(variables).map(bits))).toEqual(expected);
    expect(second.iterations).toBe(4);
    dispose([...state.map((s) => s.tensor), kept[0]!.tensor]);
    disposeOptimizer(first);
    disposeOptimizer(second);
  });

  test('goes on with smaller variables after setGroups', async () => {
    const optimizer = groupLasso(train.sgd(1), rows('w', 2), { lambda: 1, weighting: 'sqrt-size' });
    stepOfZeros(optimizer, { w: makeVariable('w', [3, 4, 6, 8], [2, 2]) });
    disposeVariables();
    const w = makeVariable('w', [6, 0, 8], [1, 3]);
    const before = memory().numTensors;
    const gradient = zerosLike(w);
    expect(() => optimizer.applyGradients({ w: gradient })).toThrow(
      'applyGradients: expected weight "w" of shape [2, 2] as before, found [1, 3]; after compaction, call setGroups with the groups of the new layout.',
    );
    gradient.dispose();
    expect(memory().numTensors).toBe(before);
    optimizer.setGroups(rows('w', 1));
    stepOfZeros(optimizer, { w });
    expectAllClose(await w.data(), [6 - 0.6 * Math.sqrt(3), 0, 8 - 0.8 * Math.sqrt(3)]);
    expect(optimizer.groups[0]!.count).toBe(1);
    disposeOptimizer(optimizer);
  });

  test('wraps itself: two penalties with two lambdas', async () => {
    const variables = {
      a: makeVariable('a', [3, 4], [1, 2]),
      b: makeVariable('b', [3, 4], [1, 2]),
    };
    const inner = groupLasso(train.sgd(1), rows('a', 1), { lambda: 1 });
    const optimizer = groupLasso(inner, rows('b', 1), { lambda: 2 });
    stepOfZeros(optimizer, variables);
    expectAllClose(await variables.a.data(), [2.4, 3.2]);
    expectAllClose(await variables.b.data(), [1.8, 2.4]);
    optimizer.dispose();
  });

  test('disposes everything, twice over too', () => {
    const before = memory().numTensors;
    const variables = makeVariables();
    const optimizer = groupLasso(train.adam(0.1), groups, { lambda: 1, clipNorm: 1 });
    optimizer.minimize(loss(variables), false, Object.values(variables));
    optimizer.dispose();
    optimizer.dispose();
    expect(memory().numTensors).toBe(before + Object.keys(variables).length);
  });

  test('works inside a tidy of the caller', async () => {
    const variables = makeVariables();
    const optimizer = groupLasso(train.momentum(0.1, 0.9), groups, { lambda: 0.1, clipNorm: 1 });
    for (let i = 0; i < 2; i++) {
      tidy(() => {
        optimizer.minimize(loss(variables), true);
      });
    }
    expect((await optimizer.metrics()).gradientNorm).toBeGreaterThan(0);
    disposeOptimizer(optimizer);
  });
});
