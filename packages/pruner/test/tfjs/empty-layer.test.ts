import { join } from 'node:path';
import {
  add,
  engine,
  scalar,
  square,
  sum,
  tensor,
  tidy,
  train,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { issGroups } from '@secateur/groups';
import { describeBackend, expectAllClose, stackedLstmLayout } from '@secateur/testing';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { expand, findRemovable, formatReport, prune, report } from '@secateur/pruner';
import {
  loadLayersModel,
  readModelDirectory,
  saveLayersModel,
  writeModelDirectory,
} from '@secateur/pruner/node';
import { compact, readVariables, toLayersModel } from '@secateur/pruner/tfjs';
import { randomWeights, silence } from '../random-network.ts';
import { disposeModel } from './layers-model.ts';
import { lstms } from './networks.ts';
import { disposeAll, makeVariables } from './stacked-lstm.ts';

const layout = stackedLstmLayout({ vocab: 6, embed: 3, hidden: [4, 2] });

/** Random weights in which nothing reads the units of some layers. */
function unread(dims: readonly string[]) {
  const weights = randomWeights(layout, 41);
  for (const dim of dims) {
    for (let k = 0; k < layout.dims[dim]!; k++) silence(weights, layout, dim, k);
  }
  return weights;
}

function predict(model: ReturnType<typeof toLayersModel>): number[] {
  return tidy(() => {
    const words = tensor([0, 5, 2, 2, 1, 4], [2, 3], 'int32');
    return [...(model.predict(words) as Tensor).dataSync()];
  });
}

describeBackend('a layer of which nothing is left', () => {
  test.each([
    ['h1', ['h1']],
    ['h2', ['h2']],
    ['h1 and h2', ['h1', 'h2']],
  ])('%s: is pruned, saved, read back and exported with the same outputs', async (_, dims) => {
    const weights = unread(dims);
    const found = findRemovable(weights, layout, { atLeast: 0 });
    for (const dim of dims) expect(found.kept[dim]).toEqual([]);
    const small = prune(weights, layout, found.kept);
    expect(small.weights[`lstm${dims[0]!.slice(1)}/recurrent`]!.shape).toEqual([0, 0]);

    const directory = testFolder();
    const saved = { ...small, architecture: { gates: 'ifgo' } };
    await writeModelDirectory(directory, saved);
    const read = await readModelDirectory(directory);
    expect(read.weights).toEqual(small.weights);
    expect(read.layout).toEqual(small.layout);

    // Stock layers have at least one unit.
    const whole = toLayersModel(lstms(), { weights, layout });
    const stock = toLayersModel(lstms(), read);
    await saveLayersModel(stock, join(directory, 'tfjs'));
    const loaded = await loadLayersModel(join(directory, 'tfjs'));
    const units = loaded.layers.filter(({ name }) => name.startsWith('lstm'));
    expect(units.map((layer) => layer.getConfig()['units'])).toEqual(
      ['h1', 'h2'].map((dim) => Math.max(1, small.layout.dims[dim]!)),
    );
    expectAllClose(predict(loaded), predict(whole), { rtol: 1e-5, atol: 1e-6 });
    disposeModel(whole, stock, loaded);
  });

  test('keeps one unit unless told otherwise', () => {
    expect(findRemovable(unread(['h1']), layout).kept['h1']).toHaveLength(1);
  });

  test('grows back into a network of the old size', () => {
    const weights = unread(['h1']);
    const { kept } = findRemovable(weights, layout, { atLeast: 0 });
    const back = expand(prune(weights, layout, kept).weights, layout, kept);
    expect(back['lstm1/kernel']!.data).toEqual(new Float32Array(3 * 16));
    expect(back['softmax/kernel']!.data).toEqual(weights['softmax/kernel']!.data);
  });

  test('is reported, and has no groups', () => {
    const small = prune(unread(['h1']), layout, { h1: [] }).layout;
    expect(issGroups(small).map(({ name }) => name)).toEqual(['h2']);
    const { sizes } = report(layout, small);
    expect(sizes['h1']).toEqual({ before: 4, after: 0, ratio: Infinity });
    expect(formatReport(report(layout, small))).toMatch(/^h1 +4 +0 +0\.0% +-$/m);
  });

  test.each([
    ['sgd', () => train.sgd(0.1)],
    ['adam', () => train.adam(0.01)],
    ['rmsprop', () => train.rmsprop(0.01)],
  ])('is compacted out of a training with %s, which goes on', async (_, make) => {
    const before = makeVariables(unread(['h1']));
    const optimizer = make();
    const step = (variables: typeof before): void => {
      // Every weight in one sum of squares: each gets a gradient, the empty ones too.
      const cost = (): Scalar =>
        Object.values(variables).reduce<Tensor>(
          (total, each) => add(total, sum(square(each))),
          scalar(0),
        ) as Scalar;
      optimizer.minimize(cost, true, Object.values(variables))!.dispose();
    };
    step(before);
    const { variables, layout: small } = await compact(
      { variables: before, optimizer, layout },
      { kept: { h1: [] } },
    );
    expect(small.dims['h1']).toBe(0);
    expect(variables['lstm2/kernel']!.shape).toEqual([0, 8]);
    expect(Object.keys(engine().registeredVariables)).toContain('lstm1/recurrent');
    step(variables);
    const after = readVariables(variables);
    expect(after['lstm1/bias']!.data).toEqual(new Float32Array(0));
    expect(after['softmax/bias']!.data.every(Number.isFinite)).toBe(true);
    optimizer.dispose();
    disposeAll(...Object.values(variables));
  });
});
