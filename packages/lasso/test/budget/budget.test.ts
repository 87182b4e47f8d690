import {
  dispose,
  train,
  zeros,
  zerosLike,
  type Optimizer,
  type Variable,
} from '@tensorflow/tfjs-core';
import { countMacs, issGroups, parseLayout, resizeLayout } from '@secateur/groups';
import { compact } from '@secateur/pruner/tfjs';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, expect, test } from 'vitest';
import {
  groupLasso,
  LassoError,
  type BudgetOptions,
  type GroupLassoOptimizer,
} from '../../src/index.ts';
import { bits, disposeVariables, makeVariable, makeVariables } from '../helpers.ts';

const layout = parseLayout(`
  dims             in = 3   h1 = 8   h2 = 6   out = 5
  lstm1/kernel     in -> 4*h1
  lstm1/recurrent  h1 -> 4*h1
  lstm2/kernel     h1 -> 4*h2
  lstm2/recurrent  h2 -> 4*h2
  head             h2 -> out
`);
const shapes = {
  'lstm1/kernel': [3, 32],
  'lstm1/recurrent': [8, 32],
  'lstm2/kernel': [8, 24],
  'lstm2/recurrent': [6, 24],
  head: [6, 5],
};
const macs = countMacs(layout);
const budget = { layout, macs: 0.4, from: 5, by: 60 };

/** Gradients that pull the weights to where they began. */
function pull(
  variables: Readonly<Record<string, Variable>>,
  home: Readonly<Record<string, Float32Array>>,
): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { shape }]) => [
      name,
      makeVariable(`pull/${name}`, home[name]!, shape),
    ]),
  );
}

function steps(
  optimizer: GroupLassoOptimizer,
  gradients: Record<string, Variable>,
  n: number,
): void {
  for (let i = 0; i < n; i++) optimizer.applyGradients(gradients);
}

function start(
  inner: Optimizer = train.sgd(0.1),
  target: Omit<BudgetOptions, 'layout'> = budget,
): {
  variables: Record<string, Variable>;
  optimizer: GroupLassoOptimizer;
  gradients: Record<string, Variable>;
} {
  const variables = makeVariables(shapes, 3);
  const optimizer = groupLasso(inner, issGroups(layout), { budget: { layout, ...target } });
  const gradients = Object.fromEntries(
    Object.entries(variables).map(([name, weight]) => [name, zerosLike(weight) as Variable]),
  );
  return { variables, optimizer, gradients };
}

describeBackend('a budget', () => {
  afterEach(disposeVariables);

  test.each([
    ['gradient descent', () => train.sgd(0.1)],
    ['Adam', () => train.adam(0.01)],
    ['RMSProp, which is handed gradients', () => train.rmsprop(0.01)],
  ])('is met by its step with %s, and nothing shrinks any more after it', async (_, make) => {
    const { variables, optimizer, gradients } = start(make());
    steps(optimizer, gradients, 5);
    const before = await optimizer.norms();
    expect(before['h1']!.every((norm) => norm > 0)).toBe(true);
    steps(optimizer, gradients, 54);
    expect((await optimizer.metrics()).budget).toMatchObject([{ met: false }]);
    steps(optimizer, gradients, 1);
    expect(optimizer.step).toBe(budget.by);
    const { alive, budget: progress } = await optimizer.metrics();
    expect(progress).toMatchObject([{ unit: 'multiply-adds', whole: macs, met: true }]);
    const cost = countMacs(resizeLayout(layout, alive));
    expect(progress[0]!.cost).toBe(cost);
    expect(cost).toBeLessThanOrEqual(0.4 * macs);
    const dearer = ['h1', 'h2'].map((dim) =>
      countMacs(resizeLayout(layout, { ...alive, [dim]: alive[dim]! + 1 })),
    );
    expect(Math.max(...dearer)).toBeGreaterThan(0.4 * macs);
    const after = await bits(variables['lstm1/recurrent']!);
    steps(optimizer, gradients, 20);
    expect(await bits(variables['lstm1/recurrent']!)).toEqual(after);
    expect((await optimizer.metrics()).lambda).toBe(0);
    dispose(gradients);
    optimizer.dispose();
  });

  test('holds what is gone against any gradient, until it is compacted away', async () => {
    const { variables, optimizer, gradients } = start();
    steps(optimizer, gradients, 60);
    const home = Object.fromEntries(
      await Promise.all(
        Object.entries(variables).map(async ([name, weight]) => {
          const values = Float32Array.from(await weight.data<'float32'>(), () => -1);
          return [name, values] as const;
        }),
      ),
    );
    const pulling = pull(variables, home);
    const { alive } = await optimizer.metrics();
    steps(optimizer, pulling as never, 3);
    expect((await optimizer.metrics()).alive).toEqual(alive);
    const smaller = await compact({ variables, optimizer, layout });
    expect(smaller.layout.dims).toMatchObject(alive);
    const zeros = Object.fromEntries(
      Object.entries(smaller.variables).map(([name, weight]) => [name, zerosLike(weight)]),
    );
    const before = await bits(smaller.variables['head']!);
    optimizer.applyGradients(zeros);
    expect(await bits(smaller.variables['head']!)).toEqual(before);
    expect((await optimizer.metrics()).budget).toMatchObject([{ met: true }]);
    dispose(zeros);
    dispose(gradients);
    optimizer.dispose();
  });

  test('goes on with the same bits from a state as JSON, between two looks', async () => {
    const run = async (stop: number | undefined): Promise<Record<string, Uint32Array>> => {
      const first = start();
      const { variables, gradients } = first;
      let { optimizer } = first;
      steps(optimizer, gradients, stop ?? 60);
      if (stop !== undefined) {
        const state = JSON.parse(JSON.stringify(optimizer.budgetState)) as never;
        optimizer.dispose();
        optimizer = groupLasso(train.sgd(0.1), issGroups(layout), { budget });
        optimizer.setStep(stop);
        optimizer.setBudgetState(state);
        steps(optimizer, gradients, 60 - stop);
      }
      const result: Record<string, Uint32Array> = {};
      for (const [name, weight] of Object.entries(variables)) result[name] = await bits(weight);
      optimizer.dispose();
      dispose(gradients);
      disposeVariables();
      return result;
    };
    const whole = await run(undefined);
    expect(await run(3)).toEqual(whole);
    expect(await run(33)).toEqual(whole);
  });

  test('is met by the next step after a state of as many steps that has not met it', async () => {
    const { optimizer, gradients } = start();
    steps(optimizer, gradients, 59);
    const state = optimizer.budgetState!;
    expect((await optimizer.metrics()).budget).toMatchObject([{ met: false }]);
    optimizer.setStep(60);
    optimizer.setBudgetState(state);
    steps(optimizer, gradients, 1);
    expect((await optimizer.metrics()).budget).toMatchObject([{ met: true }]);
    dispose(gradients);
    optimizer.dispose();
  });

  test('of a single step is met in it', async () => {
    const { optimizer, gradients } = start(train.sgd(0.1), { units: { h1: 3 }, from: 4, by: 5 });
    steps(optimizer, gradients, 4);
    expect((await optimizer.metrics()).alive).toEqual({ h1: 8, h2: 6 });
    steps(optimizer, gradients, 1);
    expect((await optimizer.metrics()).alive).toEqual({ h1: 3, h2: 6 });
    dispose(gradients);
    optimizer.dispose();
  });

  test('comes back from the config of its optimizer', () => {
    const { optimizer, gradients } = start();
    steps(optimizer, gradients, 12);
    const saved: unknown = JSON.parse(JSON.stringify(optimizer.getConfig()['groupLasso']));
    const kind = optimizer.constructor as typeof GroupLassoOptimizer;
    const restored = kind.restore(train.sgd(0.1), saved);
    expect(restored.budgetState).toEqual(optimizer.budgetState);
    expect(restored.getConfig()).toEqual(optimizer.getConfig());
    dispose(gradients);
    optimizer.dispose();
    restored.dispose();
  });

  test('spreads the loss of norm over the steps that are left', async () => {
    // One dimension of three rows, norms 1, 2 and 4: the first two have to go in 20 steps.
    const rows = parseLayout('dims h = 3 \n w h -> 2');
    const w = makeVariable('w', [1, 0, 0, 2, 4, 0], [3, 2]);
    const optimizer = groupLasso(train.sgd(1), issGroups(rows, { dims: ['h'] }), {
      budget: { layout: rows, units: { h: 1 }, by: 20 },
    });
    const gradients = { w: zerosLike(w) };
    steps(optimizer, gradients as never, 1);
    // 2 in 20 steps from the second, from the third as much, half of what it has, and from the first too, which has 15 steps
    // to lose 1; lambda is their mean, as the learning rate is 1.
    expectAllClose(await w.data(), [0.9, 0, 0, 1.9, 3.9, 0]);
    expect((await optimizer.metrics()).lambda).toBeCloseTo(0.1, 6);
    steps(optimizer, gradients as never, 19);
    // Looked at again after ten steps, the second is 1, so that the third loses that over 20 steps from there on. In the last
    // step the second goes, and the third loses nothing any more.
    expectAllClose(await w.data(), [0, 0, 0, 0, 4 - 10 * 0.1 - 9 * 0.05, 0], { atol: 1e-5 });
    gradients.w.dispose();
    optimizer.dispose();
  });

  test('takes as many units of both directions that must keep one size, however strong one is', async () => {
    // 8 a unit of both: 4 units each are 32, and half of that is 2 each. Rows of f are ten times shorter than those of b.
    const pair = parseLayout('dims f = 4  b = 4 \n x f -> 4 \n y b -> 4');
    const rows = (scale: number): number[] => [1, 2, 3, 4].flatMap((k) => [k * scale, 0, 0, 0]);
    makeVariable('x', rows(0.1), [4, 4]);
    makeVariable('y', rows(1), [4, 4]);
    const gradients = { x: zeros([4, 4]), y: zeros([4, 4]) };
    for (const target of [{ macs: 0.5 }, { units: { f: 2 } }]) {
      const optimizer = groupLasso(train.sgd(0.1), issGroups(pair, { dims: ['f', 'b'] }), {
        budget: { layout: pair, ...target, by: 40, equal: [['f', 'b']] },
      });
      steps(optimizer, gradients as never, 40);
      const { alive, budget: progress } = await optimizer.metrics();
      expect(alive).toEqual({ f: 2, b: 2 });
      expect(progress).toMatchObject([{ met: true }]);
      const norms = await optimizer.norms();
      expect([...norms['f']!].map((norm) => norm > 0)).toEqual([false, false, true, true]);
      expect([...norms['b']!].map((norm) => norm > 0)).toEqual([false, false, true, true]);
      optimizer.dispose();
    }
    dispose(gradients);
  });

  test('refuses what it decides itself, and states of other groups', () => {
    const groups = issGroups(layout);
    const sgd = train.sgd(1);
    expect(() => groupLasso(sgd, groups, { budget, lambda: 1, threshold: 1e-4 })).toThrow(
      'groupLasso: expected no lambda and threshold beside a budget, which decides it, found both; leave one of the two out.',
    );
    expect(() => groupLasso(sgd, groups, {})).toThrow(
      'expected a budget such as { layout, macs: 0.4, by: 5000 } or a lambda, found neither',
    );
    const optimizer = groupLasso(sgd, groups, { budget });
    for (const state of [{}, null, { amounts: { h1: [1] } }, { amounts: { h1: [], h2: [] } }]) {
      expect(() => {
        optimizer.setBudgetState(state as never);
      }).toThrow(LassoError);
    }
    const plain = groupLasso(train.sgd(1), groups, { lambda: 1 });
    expect(plain.budgetState).toBeUndefined();
    expect(() => {
      plain.setBudgetState({ amounts: null });
    }).toThrow('expected an optimizer with a budget');
    optimizer.dispose();
    plain.dispose();
  });
});
