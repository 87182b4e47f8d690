import { train, type Optimizer, type serialization } from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, expect, test } from 'vitest';
import {
  exponentialDecay,
  groupLasso,
  GroupLassoOptimizer,
  joinSchedules,
  linearSchedule,
  piecewiseConstantSchedule,
  warmupConstantSchedule,
  type Schedule,
} from '@secateur/lasso';
import { disposeVariables, makeVariable, rows } from './helpers.ts';

type Config = serialization.ConfigDict;

/** What `model.save` and loading do to a config, JSON in between. */
function rebuild(optimizer: GroupLassoOptimizer): GroupLassoOptimizer {
  const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as Config;
  return GroupLassoOptimizer.fromConfig<GroupLassoOptimizer>(GroupLassoOptimizer, config);
}

describeBackend('the config of groupLasso', () => {
  afterEach(disposeVariables);

  test('is that of the inner optimizer, with plain data beside it', () => {
    const optimizer = groupLasso(train.adam(0.5, 0.8, 0.9, 1e-7), rows('w', 2), {
      lambda: 2,
      clipNorm: 3,
    });
    optimizer.setStep(7);
    expect(optimizer.getClassName()).toBe('Adam');
    expect(optimizer.getConfig()).toEqual({
      learningRate: 0.5,
      beta1: 0.8,
      beta2: 0.9,
      epsilon: 1e-7,
      groupLasso: {
        className: 'Adam',
        step: 7,
        groups: rows('w', 2),
        options: {
          lambda: 2,
          penalty: 'subgradient',
          threshold: 0,
          thresholdScope: 'all',
          clipNorm: 3,
          weightDecay: 0,
          epsilon: 1e-8,
          weighting: 'none',
          missingGradients: 'error',
        },
      },
    });
    // TensorFlow.js cannot convert what is undefined.
    const text = JSON.stringify(optimizer.getConfig());
    expect(JSON.parse(text)).toStrictEqual(optimizer.getConfig());
    optimizer.dispose();
  });

  test('builds an optimizer that takes the same steps', async () => {
    const optimizer = groupLasso(train.sgd(0.5), rows('w', 1), { lambda: 2, penalty: 'proximal' });
    const again = rebuild(optimizer);
    const w = makeVariable('w', [3, 4], [1, 2]);
    const gradient = makeVariable('g', [0, 0], [1, 2]);
    again.applyGradients({ w: gradient });
    expectAllClose(await w.data(), [2.4, 3.2]);
    optimizer.dispose();
    again.dispose();
  });

  test('keeps the step, and both penalties of an optimizer round another one', async () => {
    const inner = groupLasso(train.sgd(1), rows('a', 1), { lambda: 1 });
    const optimizer = groupLasso(inner, rows('b', 1), { lambda: 2 });
    optimizer.setStep(5);
    const again = rebuild(optimizer);
    expect(again.step).toBe(5);
    expect((again.inner as GroupLassoOptimizer).step).toBe(0);
    const a = makeVariable('a', [3, 4], [1, 2]);
    const b = makeVariable('b', [3, 4], [1, 2]);
    const zero = makeVariable('zero', [0, 0], [1, 2]);
    again.applyGradients({ a: zero, b: zero });
    expectAllClose(await a.data(), [2.4, 3.2]);
    expectAllClose(await b.data(), [1.8, 2.4]);
    optimizer.dispose();
    again.dispose();
  });

  const decay = exponentialDecay({
    initValue: 2,
    decayRate: 0.5,
    transitionSteps: 3,
    staircase: true,
  });
  const schedules: Record<string, Schedule> = {
    linearSchedule: linearSchedule({
      initValue: 0.25,
      endValue: 0,
      transitionSteps: 7,
      transitionBegin: 2,
    }),
    piecewiseConstantSchedule: piecewiseConstantSchedule(1, { 3: 0.125, 9: 8 }),
    exponentialDecay: decay,
    warmupConstantSchedule: warmupConstantSchedule({ peakValue: 0.006, warmupSteps: 4 }),
    joinSchedules: joinSchedules([0, decay, joinSchedules([1, decay], [2])], [1, 5]),
  };
  test.each(Object.entries(schedules))('keeps a schedule made by %s', async (_, schedule) => {
    makeVariable('w', [1, 2], [1, 2]);
    const options = { lambda: schedule, threshold: schedule, stepSize: schedule };
    const optimizer = groupLasso(train.sgd(1), rows('w', 1), options);
    const once = rebuild(optimizer);
    const again = rebuild(once);
    for (const step of [0, 1, 2, 3, 5, 8, 10, 30]) {
      again.setStep(step + 1);
      const { lambda, threshold } = await again.metrics();
      const value = (schedule as (step: number) => number)(step);
      expect([lambda, threshold]).toEqual([value, value]);
    }
    optimizer.dispose();
    once.dispose();
    again.dispose();
  });

  test('says so when a schedule or a class of its own cannot be built again', () => {
    const own = (): number => 1;
    for (const lambda of [own, joinSchedules([0, own], [3])]) {
      const scheduled = groupLasso(train.sgd(1), rows('w', 1), { lambda });
      expect(scheduled.getConfig()['groupLasso']).toMatchObject({ options: { lambda: null } });
      expect(() => rebuild(scheduled)).toThrow(expect.objectContaining({ code: 'optimizer' }));
      expect(() => rebuild(scheduled)).toThrow(
        'fromConfig: expected a schedule for lambda, found none, as a function that is not of this package cannot be saved; make the inner optimizer alone and wrap it by groupLasso with your schedule.',
      );
      scheduled.dispose();
    }
    const custom = {
      minimize: 1,
      computeGradients: 1,
      applyGradients: 1,
      getClassName: () => 'Mine',
      getConfig: () => ({}),
    };
    const mine = groupLasso(custom as unknown as Optimizer, rows('w', 1), { lambda: 1 });
    expect(() => rebuild(mine)).toThrow(
      'fromConfig: expected an optimizer that tfjs knows, found "Mine"; register its class with serialization.registerClass.',
    );
  });

  test('says what is wrong with a config of something else', () => {
    const inner = train.sgd(1);
    const restore = (saved: unknown) => () => GroupLassoOptimizer.restore(inner, saved);
    expect(restore(undefined)).toThrow(
      'fromConfig: expected className, step, groups and options under "groupLasso", found nothing; pass what getConfig returned.',
    );
    const saved = groupLasso(inner, rows('w', 1), { lambda: 1 }).getConfig()[
      'groupLasso'
    ] as Config;
    expect(restore({ ...saved, groups: [] })).toThrow(
      'fromConfig: expected a list of at least one',
    );
    expect(restore({ ...saved, options: { lamda: 1 } })).toThrow('found "lamda"');
    expect(restore({ ...saved, options: { lambda: { schedule: 'cosine', given: [] } } })).toThrow(
      'fromConfig: expected a schedule made by linearSchedule, warmupConstantSchedule, exponentialDecay, piecewiseConstantSchedule, joinSchedules, found {"schedule":"cosine","given":[]}; was it saved by a newer version?',
    );
    inner.dispose();
  });
});
