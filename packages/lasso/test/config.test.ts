import { train, type Optimizer, type serialization } from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, expect, test } from 'vitest';
import { groupLasso, GroupLassoOptimizer } from '../src/index.ts';
import { disposeVariables, makeVariable, rows } from './helpers.ts';

type Config = serialization.ConfigDict;

/** What `model.save` and loading do to a config, JSON in between. */
function rebuild(optimizer: GroupLassoOptimizer): GroupLassoOptimizer {
  const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as Config;
  return GroupLassoOptimizer.fromConfig<GroupLassoOptimizer>(GroupLassoOptimizer, config);
}

describeBackend('the config of groupLasso', () => {
  afterEach(disposeVariables);

  test('names the class and holds plain data', () => {
    const optimizer = groupLasso(train.sgd(0.5), rows('w', 2), { lambda: 2, clipNorm: 3 });
    expect(optimizer.getClassName()).toBe('GroupLasso');
    expect(optimizer.getConfig()).toEqual({
      inner: { className: 'SGD', config: { learningRate: 0.5 } },
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
    });
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

  test('says so when a schedule or a class of its own cannot be built again', () => {
    const scheduled = groupLasso(train.sgd(1), rows('w', 1), { lambda: () => 1 });
    expect(() => rebuild(scheduled)).toThrow(
      'fromConfig: expected a number for lambda, found none, as functions cannot be saved; build the optimizer with groupLasso and its schedule.',
    );
    scheduled.dispose();
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
});
