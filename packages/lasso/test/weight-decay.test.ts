import {
  add,
  mul,
  sub,
  sum,
  tensor2d,
  tidy,
  train,
  variable,
  type Optimizer,
  type Scalar,
  type Variable,
} from '@tensorflow/tfjs-core';
import { groupLasso, LassoError } from '@secateur/lasso';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';
import { makeVariables, rows } from './helpers.ts';

const shapes = { matrix: [3, 5], bias: [4], cube: [2, 3, 2], single: [] };
const decay = 0.1;

/** One step on a loss whose gradient in every weight is the weight's own values shifted by one. */
function stepped(make: () => Optimizer, l2: number): Record<string, Float32Array> {
  const variables = makeVariables(shapes);
  const optimizer = make();
  const loss = (): Scalar =>
    tidy(() =>
      Object.values(variables)
        .map((each): Scalar => {
          const square = sum(mul(each, each));
          return sub(mul(0.5 * (1 + l2), square), sum(each)) as Scalar;
        })
        .reduce((a, b) => add<Scalar>(a, b)),
    );
  optimizer.minimize(loss, false, Object.values(variables));
  const after = Object.fromEntries(
    Object.entries(variables).map(([name, each]) => [name, each.dataSync<'float32'>().slice()]),
  );
  for (const each of Object.values(variables)) each.dispose();
  optimizer.dispose();
  return after;
}

describeBackend('weightDecay', () => {
  test.each(['sgd', 'adam', 'adagrad'] as const)(
    'is that of half the sum of squares in the loss, for weights of any rank, with %s',
    (kind) => {
      const make = {
        sgd: () => train.sgd(0.2),
        adam: () => train.adam(0.2),
        adagrad: () => train.adagrad(0.2),
      }[kind];
      const inLoss = stepped(make, decay);
      const option = stepped(
        () => groupLasso(make(), rows('matrix', 3), { lambda: 0, weightDecay: decay }),
        0,
      );
      for (const name of Object.keys(shapes)) expectAllClose(option[name]!, inLoss[name]!);
    },
  );

  test('adds to the penalty and lies within the clip', () => {
    const values = [3, 4, 0, 0, 0, 0];
    const initial = tensor2d(values, [2, 3]);
    const weight = variable(initial, true, 'clipped');
    initial.dispose();
    const optimizer = groupLasso(train.sgd(1), rows('clipped', 2), {
      lambda: 1,
      weightDecay: decay,
      clipNorm: 0.5,
    });
    optimizer.minimize(() => sum(mul<Scalar>(weight, 0)), false, [weight]);
    // Without data the gradient is (1 / 5 + 0.1) * w, of norm 1.5; the clip leaves a third of it.
    const kept = 1 - (0.2 + decay) / 3;
    expectAllClose(
      weight as Variable,
      values.map((value) => value * kept),
    );
    optimizer.dispose();
    weight.dispose();
  });

  test('refuses what is no strength', () => {
    const inner = train.sgd(1);
    for (const weightDecay of [-1, NaN, Infinity]) {
      const make = () => groupLasso(inner, rows('matrix', 3), { lambda: 0, weightDecay });
      expect(make).toThrow(LassoError);
      expect(make).toThrow(`expected weightDecay to be a finite number >= 0, found ${weightDecay}`);
    }
    inner.dispose();
  });
});
