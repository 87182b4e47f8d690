import {
  dispose,
  io,
  memory,
  square,
  sum,
  tensor,
  train,
  type Optimizer,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  layers,
  loadLayersModel,
  sequential,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import {
  issGroups,
  layersModelLayout,
  parseLayout,
  type GroupSet,
  type LayersModelLike,
  type Layout,
} from '@secateur/groups';
import { compact } from '@secateur/pruner/tfjs';
import { describeBackend } from '@secateur/testing';
import { readOptimizerState, writeOptimizerState } from '@secateur/training';
import { afterEach, describe, expect, test } from 'vitest';
import { groupLasso, LassoError, type GroupLassoOptimizer } from '@secateur/lasso';
import { bits, disposeVariables, makeVariable, noise, rows } from './helpers.ts';

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.05, 0.9),
  'momentum (Nesterov)': () => train.momentum(0.05, 0.9, true),
  adam: () => train.adam(0.02, 0.87, 0.995),
  rmsprop: () => train.rmsprop(0.01),
  'rmsprop (centred, momentum)': () => train.rmsprop(0.003, 0.9, 0.5, 1e-6, true),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(0.5, 0.9, 1e-6),
};

const seeded = (seed: number): ReturnType<typeof initializers.randomUniform> =>
  initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });

/** A model over [batch, 4, 2]; each one that is built has the same layer names. */
function buildModel(): LayersModel {
  const weights = { kernelInitializer: seeded(1), recurrentInitializer: seeded(2) };
  return sequential({
    layers: [
      layers.gru({
        name: 'first',
        units: 3,
        inputShape: [4, 2],
        returnSequences: true,
        ...weights,
      }),
      layers.lstm({ name: 'second', units: 3, ...weights }),
      layers.dense({ name: 'head', units: 1, kernelInitializer: seeded(3) }),
    ],
  });
}

async function loadedAgain(model: LayersModel): Promise<LayersModel> {
  let saved: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler((artifacts) => {
      saved = artifacts;
      const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' } as const;
      return Promise.resolve({ modelArtifactsInfo });
    }),
  );
  return loadLayersModel(io.fromMemory(saved!));
}

function wrap(model: LayersModel, inner: Optimizer): GroupLassoOptimizer {
  const groups = issGroups(layersModelLayout(model as unknown as LayersModelLike));
  return groupLasso(inner, groups, { lambda: 0.02, threshold: 1e-3, clipNorm: 1 });
}

async function fit(model: LayersModel, optimizer: Optimizer, epochs: number): Promise<void> {
  const [x, y] = [tensor(noise(6 * 8, 3), [6, 4, 2]), tensor(noise(6, 4), [6, 1])];
  model.compile({ optimizer, loss: 'meanSquaredError' });
  await model.fit(x, y, { epochs, shuffle: false, verbose: 0 });
  dispose([x, y]);
}

/** What an optimizer hands out, in tensors of their own. */
async function stateOf(optimizer: Optimizer): Promise<{ name: string; tensor: Tensor }[]> {
  const [iterations, ...slots] = await optimizer.getWeights();
  return [iterations!, ...slots.map(({ name, tensor: t }) => ({ name, tensor: t.clone() }))];
}

const weightsOf = (model: LayersModel): Promise<Uint32Array[]> =>
  Promise.all(model.weights.map((weight) => bits(weight.read())));

/** Momentum, as tfjs has it, leaves the tensor of its learning rate when it is disposed. */
function disposeOptimizer(optimizer: GroupLassoOptimizer): void {
  optimizer.dispose();
  (optimizer.inner as unknown as { c?: Tensor }).c?.dispose();
}

describeBackend('state restored beside a model that was loaded again', () => {
  afterEach(disposeVariables);

  describe.each(Object.entries(optimizers))('%s', (kind, make) => {
    // How a checkpoint finds the variables is the same for all.
    const all = [
      'setWeights',
      'writeOptimizerState',
      'writeOptimizerState with variables',
    ] as const;
    test.each(kind === 'adam' ? all : all.slice(0, 1))(
      'by %s goes on with the bits of the uninterrupted run',
      async (way) => {
        const model = buildModel();
        const optimizer = wrap(model, make());
        await fit(model, optimizer, 5);
        const again = await loadedAgain(model);
        expect(again.weights[0]!.name).not.toBe(model.weights[0]!.name);
        const restored = wrap(again, make());
        if (way === 'setWeights') {
          const state = await stateOf(optimizer);
          await restored.setWeights(state);
          restored.setStep(optimizer.step);
          dispose(state.map((each) => each.tensor));
        } else {
          const variables = again.trainableWeights;
          const options = way === 'writeOptimizerState' ? {} : { variables };
          await writeOptimizerState(restored, await readOptimizerState(optimizer), options);
        }
        await fit(again, restored, 3);
        await fit(model, optimizer, 3);
        expect(await weightsOf(again)).toEqual(await weightsOf(model));
        expect(restored.step).toBe(8);
        expect(restored.iterations).toBe(8);
        disposeOptimizer(optimizer);
        disposeOptimizer(restored);
      },
    );
  });

  test('serves an optimizer that has trained the old model itself', async () => {
    const model = buildModel();
    const inner = train.adam(0.02);
    const optimizer = wrap(model, inner);
    await fit(model, optimizer, 4);
    const again = await loadedAgain(model);
    const state = await stateOf(optimizer);
    await fit(model, optimizer, 3);
    optimizer.setGroups(issGroups(layersModelLayout(again as unknown as LayersModelLike)));
    await optimizer.setWeights(state);
    optimizer.setStep(4);
    await fit(again, optimizer, 3);
    expect(await weightsOf(again)).toEqual(await weightsOf(model));
    dispose(state.map((each) => each.tensor));
    disposeOptimizer(optimizer);
  });

  test('also goes round an inner optimizer that TensorFlow.js restored', async () => {
    const model = buildModel();
    const optimizer = wrap(model, train.momentum(0.05, 0.9));
    await fit(model, optimizer, 4);
    const again = await loadedAgain(model);
    const inner = train.momentum(0.05, 0.9);
    const state = await stateOf(optimizer);
    await inner.setWeights(state);
    const restored = wrap(again, inner);
    await fit(again, restored, 2);
    await fit(model, optimizer, 2);
    expect(await weightsOf(again)).toEqual(await weightsOf(model));
    dispose(state.map((each) => each.tensor));
    disposeOptimizer(optimizer);
    disposeOptimizer(restored);
  });

  test('of another model is an error before any weight moves', async () => {
    const model = buildModel();
    const optimizer = wrap(model, train.adam(0.02));
    await fit(model, optimizer, 1);
    const state = await stateOf(optimizer);
    const w = makeVariable('w', [3, 4], [1, 2]);
    const other = groupLasso(train.adam(0.02), rows('w', 1), { lambda: 1 });
    await other.setWeights(state);
    const before = memory().numTensors;
    expect(() => {
      other.applyGradients({ w });
    }).toThrow(LassoError);
    expect(() => {
      other.applyGradients({ w });
    }).toThrow(
      /^applyGradients: expected restored optimizer state of the weights that are trained, "w" \[1, 2\], found that of "first\/.*kernel.*" \[2, 9\], .* and 4 more, which fits neither by name nor by position and shape; restore the state of this model with the same layers frozen, or start a new optimizer\.$/,
    );
    expect([...(await w.data())]).toEqual([3, 4]);
    expect(memory().numTensors).toBe(before);
    dispose(state.map((each) => each.tensor));
    disposeOptimizer(optimizer);
    disposeOptimizer(other);
  });

  test('that lost a part is an error', async () => {
    const w = makeVariable('w', [3, 4], [1, 2]);
    const v = makeVariable('v', [3, 4], [1, 2]);
    const optimizer = groupLasso(train.adam(0.02), rows('w', 1), { lambda: 1 });
    optimizer.applyGradients({ w, v });
    const [iterations, wm, vm, wv, vv] = await stateOf(optimizer);
    await optimizer.setWeights([iterations!, wm!, vm!, vv!, wv!]);
    expect(() => {
      optimizer.applyGradients({ w, v });
    }).toThrow(
      'applyGradients: expected restored state of Adam that lists the same weights for each of its parts, found w, v and v, w; pass all that getWeights returned.',
    );
    dispose([iterations, wm, vm, wv, vv].map((each) => each!.tensor));
    disposeOptimizer(optimizer);
  });
});

describeBackend('restored state and the rest', () => {
  afterEach(disposeVariables);

  const slotNames = async (optimizer: Optimizer): Promise<string[]> => {
    const [iterations, ...slots] = await optimizer.getWeights();
    iterations!.tensor.dispose();
    return slots.map(({ name }) => name);
  };

  test('parts that are trained in turn find theirs one after the other', async () => {
    const steps = (optimizer: Optimizer, parts: readonly Variable[], turns: number[]): void => {
      for (const i of turns) optimizer.minimize(() => sum(square(parts[i]!)), false, [parts[i]!]);
    };
    const options = { lambda: 0.1, missingGradients: 'ignore' } as const;
    const make = (): Optimizer => train.momentum(0.01, 0.9);
    const saved = ['a', 'b'].map((name) => makeVariable(`${name}/kernel`, [3, 4], [1, 2]));
    const optimizer = groupLasso(make(), rows('a/kernel', 1), options);
    steps(optimizer, saved, [0, 1, 1, 0]);
    const state = await stateOf(optimizer);

    const loaded = saved.map((v) => makeVariable(`${v.name}_1`, v.dataSync(), v.shape));
    const restored = groupLasso(make(), rows('a/kernel_1', 1), options);
    await restored.setWeights(state);
    restored.setStep(4);
    steps(restored, loaded, [1, 0, 1]);
    steps(optimizer, saved, [1, 0, 1]);
    expect(await Promise.all(loaded.map(bits))).toEqual(await Promise.all(saved.map(bits)));
    expect(await slotNames(restored)).toEqual(['a/kernel_1/momentum', 'b/kernel_1/momentum']);
    dispose(state.map((each) => each.tensor));
    disposeOptimizer(optimizer);
    disposeOptimizer(restored);
  });

  test('a weight that is trained for the first time has no state to lose', async () => {
    const a = makeVariable('a', [3, 4], [1, 2]);
    const b = makeVariable('b', [3, 4], [1, 2]);
    const optimizer = groupLasso(train.adam(0.1), rows('a', 1), { lambda: 0.1 });
    optimizer.applyGradients({ a });
    const state = await stateOf(optimizer);
    await optimizer.setWeights(state);
    optimizer.applyGradients({ b, a });
    expect(await slotNames(optimizer)).toEqual(['a/m', 'b/m', 'a/v', 'b/v']);
    dispose(state.map((each) => each.tensor));
    disposeOptimizer(optimizer);
  });

  test('is cut by compact after a step, under the new names', async () => {
    const layout = parseLayout('dims h = 3 y = 1\nw h -> h\nv h -> y');
    const values = { w: noise(9, 1), v: noise(3, 2) };
    // Component 1 is unread.
    for (const k of [3, 4, 5]) values.w[k] = 0;
    values.v[1] = 0;
    const make = (suffix: string): Record<'w' | 'v', Variable> => ({
      w: makeVariable(`w${suffix}`, values.w, [3, 3]),
      v: makeVariable(`v${suffix}`, values.v, [3, 1]),
    });
    const groupsOf = (suffix: string, of: Layout): GroupSet[] =>
      issGroups(of, { dims: ['h'] }).map((set) => ({
        ...set,
        slices: set.slices.map((slice) => ({ ...slice, weight: slice.weight + suffix })),
      }));
    const saved = make('');
    const optimizer = groupLasso(train.adam(0.1), groupsOf('', layout), { lambda: 0.1 });
    optimizer.applyGradients({ w: saved.w, v: saved.v });
    const state = await stateOf(optimizer);
    const variables = make('_1');
    const restored = groupLasso(train.adam(0.1), groupsOf('_1', layout), { lambda: 0.1 });
    await restored.setWeights(state);
    await expect(compact({ variables, optimizer: restored, layout })).rejects.toThrow(
      'compact: expected optimizer slots of "w_1", found "w/m" in their place',
    );
    restored.applyGradients({ w_1: variables.w, v_1: variables.v });
    const smaller = await compact({ variables, optimizer: restored, layout });
    expect(smaller.removed).toEqual({ h: [1] });
    expect(restored.groups).toEqual(groupsOf('_1', smaller.layout));
    const { w, v } = smaller.variables as Record<'w' | 'v', Variable>;
    restored.applyGradients({ w_1: w, v_1: v });
    expect(await slotNames(restored)).toEqual(['w_1/m', 'v_1/m', 'w_1/v', 'v_1/v']);
    expect(restored.iterations).toBe(3);
    dispose(state.map((each) => each.tensor));
    disposeOptimizer(optimizer);
    disposeOptimizer(restored);
  });

  test('setting state again and again keeps no tensors', async () => {
    const w = makeVariable('w', [3, 4], [1, 2]);
    const optimizer = groupLasso(train.adam(0.1), rows('w', 1), { lambda: 0.1 });
    optimizer.applyGradients({ w });
    const { numTensors } = memory();
    for (let i = 0; i < 3; i++) {
      const state = await stateOf(optimizer);
      await optimizer.setWeights(state);
      dispose(state.map((each) => each.tensor));
      optimizer.applyGradients({ w });
    }
    expect(memory().numTensors).toBe(numTensors);
    disposeOptimizer(optimizer);
  });
});
