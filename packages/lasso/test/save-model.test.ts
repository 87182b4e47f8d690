import {
  dispose,
  io,
  serialization,
  tensor,
  train,
  type Optimizer,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  layers,
  loadLayersModel as loadStock,
  sequential,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import { issGroups, layersModelLayout, type LayersModelLike } from '@secateur/groups';
import {
  exponentialDecay,
  groupLasso,
  GroupLassoOptimizer,
  warmupConstantSchedule,
  type GroupLassoOptions,
} from '@secateur/lasso';
import { PrunerError } from '@secateur/pruner';
import { layersModelFiles, loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
import { loadLayersModel as loadAnywhere, pruneLayersModel } from '@secateur/pruner/tfjs';
import { describeBackend } from '@secateur/testing';
import { temporaryFolder, removeFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bits, disposeVariables, noise } from './helpers.ts';

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.05, 0.9, true),
  adam: () => train.adam(0.02, 0.87, 0.995),
  rmsprop: () => train.rmsprop(0.003, 0.9, 0.5),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(0.5, 0.9, 1e-6),
};

const options: GroupLassoOptions = {
  lambda: warmupConstantSchedule({ peakValue: 0.05, warmupSteps: 6 }),
  threshold: exponentialDecay({
    initValue: 2e-3,
    decayRate: 0.5,
    transitionSteps: 4,
    staircase: true,
  }),
  clipNorm: 1,
};

const seeded = (seed: number): ReturnType<typeof initializers.randomUniform> =>
  initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });

/** A model over [batch, 4, 2]; each one that is built has the same layer names. */
function buildModel(): LayersModel {
  const weights = { kernelInitializer: seeded(1), recurrentInitializer: seeded(2) };
  return sequential({
    layers: [
      layers.gru({ name: 'a_b', units: 3, inputShape: [4, 2], returnSequences: true, ...weights }),
      layers.lstm({ name: 'second', units: 3, ...weights }),
      layers.dense({ name: 'head', units: 1, kernelInitializer: seeded(3) }),
    ],
  });
}

const groupsOf = (model: LayersModel): ReturnType<typeof issGroups> =>
  issGroups(layersModelLayout(model as unknown as LayersModelLike));

async function fit(model: LayersModel, epochs: number): Promise<void> {
  const [x, y] = [tensor(noise(6 * 8, 3), [6, 4, 2]), tensor(noise(6, 4), [6, 1])];
  await model.fit(x, y, { epochs, shuffle: false, verbose: 0 });
  dispose([x, y]);
}

const weightsOf = (model: LayersModel): Promise<Uint32Array[]> =>
  Promise.all(model.weights.map((weight) => bits(weight.read())));

/** Has the scalar disposed in which TensorFlow.js saves the count of steps, and which it leaves. */
function keepCounts(optimizer: Optimizer): void {
  const getWeights = optimizer.getWeights.bind(optimizer);
  optimizer.getWeights = async () => {
    const state = await getWeights();
    counts.push(state[0]!.tensor);
    return state;
  };
}

/** A compiled model after four steps. */
async function trained(inner: Optimizer, given = options): Promise<LayersModel> {
  const model = buildModel();
  const optimizer = groupLasso(inner, groupsOf(model), given);
  keepCounts(optimizer);
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mse'] });
  await fit(model, 4);
  return model;
}

/** Zeroes a row of one of the model's weights. */
function clearRow(model: LayersModel, weight: number, row: number): void {
  const variable = model.weights[weight]!.read() as Variable;
  const values = Float32Array.from(variable.dataSync<'float32'>());
  const width = variable.shape[1]!;
  values.fill(0, row * width, (row + 1) * width);
  const cleared = tensor(values, variable.shape);
  variable.assign(cleared);
  cleared.dispose();
}

const lassoOf = (model: LayersModel): GroupLassoOptimizer => model.optimizer as GroupLassoOptimizer;

/** Momentum, as tfjs has it, leaves the tensor of its learning rate when it is disposed. */
function disposeOptimizers(...models: readonly LayersModel[]): void {
  for (const { optimizer } of models) {
    const { inner = optimizer } = optimizer as Partial<GroupLassoOptimizer> & Optimizer;
    optimizer.dispose();
    (inner as unknown as { c?: Tensor }).c?.dispose();
  }
}

let directory: string;
let counts: Tensor[];

describeBackend('a model saved with its group-Lasso optimizer', () => {
  beforeEach(() => {
    directory = temporaryFolder();
    counts = [];
    serialization.registerClass(GroupLassoOptimizer);
  });
  afterEach(() => {
    dispose(counts);
    removeFolder(directory);
    disposeVariables();
  });

  describe.each(Object.entries(optimizers))('round %s', (kind, make) => {
    test('goes on after loading with the bits of never having been saved', async () => {
      const model = await trained(make());
      await saveLayersModel(model, directory, { includeOptimizer: true });
      const loaded = await loadLayersModel(directory);
      expect(loaded.weights[0]!.name).not.toBe(model.weights[0]!.name);
      const optimizer = lassoOf(loaded);
      expect(optimizer.step).toBe(4);
      expect(optimizer.iterations).toBe(4);
      expect(optimizer.groups).toEqual(groupsOf(loaded));
      expect(optimizer.inner.getConfig()).toEqual(lassoOf(model).inner.getConfig());
      await fit(loaded, 3);
      await fit(model, 3);
      expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
      expect(await optimizer.metrics()).toEqual(await lassoOf(model).metrics());
      disposeOptimizers(model, loaded);
    });

    test('loads in TensorFlow.js itself with the inner optimizer and its state', async () => {
      const model = await trained(make());
      const lasso = lassoOf(model);
      await model.save(layersModelFiles(directory), { includeOptimizer: true });
      const loaded = await loadStock(layersModelFiles(directory));
      const inner = loaded.optimizer;
      expect(inner.getClassName()).toBe(lasso.inner.getClassName());
      expect(inner.getConfig()).toEqual(lasso.inner.getConfig());
      const [own, before] = [await inner.getWeights(), await lasso.getWeights()];
      counts.push(own[0]!.tensor);
      expect(own.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
      for (const [i, { tensor: slot }] of before.entries()) {
        expect([...(await own[i]!.tensor.data())]).toEqual([...(await slot.data())]);
      }
      // Without the penalty, it goes on as the inner optimizer would.
      model.compile({ optimizer: lasso.inner, loss: 'meanSquaredError' });
      await fit(model, 1);
      await fit(loaded, 1);
      const [expected, actual] = [await weightsOf(model), await weightsOf(loaded)];
      // Its Adam restores the powers of the betas by another computation, which moves the last bit.
      if (kind === 'adam') {
        actual.forEach((weight, i) => {
          const values = new Float32Array(weight.buffer);
          new Float32Array(expected[i]!.buffer).forEach((value, k) => {
            expect(values[k]).toBeCloseTo(value, 6);
          });
        });
      } else {
        expect(actual).toEqual(expected);
      }
      lasso.dispose();
      disposeOptimizers(model, loaded);
    });
  });

  test('comes back through any handler, in a page too, and is saved once more', async () => {
    const model = await trained(train.adam(0.02));
    let saved: io.ModelArtifacts | undefined;
    const handler = {
      save: (artifacts: io.ModelArtifacts) => {
        saved = artifacts;
        const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' } as const;
        return Promise.resolve({ modelArtifactsInfo });
      },
    };
    await model.save(handler, { includeOptimizer: true });
    const first = await loadAnywhere(io.fromMemory(saved!));
    keepCounts(first.optimizer);
    await saveLayersModel(first, directory, { includeOptimizer: true });
    const second = await loadLayersModel(directory);
    await fit(second, 2);
    await fit(first, 2);
    await fit(model, 2);
    expect(await weightsOf(first)).toEqual(await weightsOf(model));
    expect(await weightsOf(second)).toEqual(await weightsOf(model));
    disposeOptimizers(model, first, second);
  });

  test('keeps metrics and loss', async () => {
    const model = await trained(train.sgd(0.1));
    await saveLayersModel(model, directory, { includeOptimizer: true });
    const loaded = await loadLayersModel(directory);
    const { loss, metrics, metricsNames } = loaded as unknown as Record<string, unknown>;
    expect({ loss, metrics, metricsNames }).toEqual({
      loss: 'meanSquaredError',
      metrics: ['mse'],
      metricsNames: (model as unknown as { metricsNames: unknown }).metricsNames,
    });
    disposeOptimizers(model, loaded);
  });

  test('needs its class to be registered, unless it is told to leave it', async () => {
    const model = await trained(train.sgd(0.1));
    await saveLayersModel(model, directory, { includeOptimizer: true });
    const { classNameMap } = serialization.SerializationMap.getMap();
    Reflect.deleteProperty(classNameMap, 'GroupLasso');
    await expect(loadLayersModel(directory)).rejects.toThrow(PrunerError);
    await expect(loadLayersModel(directory)).rejects.toThrow(
      "loadLayersModel: expected the class GroupLasso, which the model was trained with, to be registered, found none; call serialization.registerClass(GroupLassoOptimizer) with that of @secateur/lasso first, or pass optimizer: 'inner' or 'none'.",
    );
    const inner = await loadLayersModel(directory, { optimizer: 'inner' });
    expect(inner.optimizer.getClassName()).toBe('SGD');
    expect(inner.optimizer.iterations).toBe(4);
    const none = await loadLayersModel(directory, { optimizer: 'none' });
    expect(none.optimizer).toBeUndefined();
    expect(await weightsOf(none)).toEqual(await weightsOf(model));
    disposeOptimizers(model, inner);
  });

  test('says that a schedule of your own is lost, and the rest can be wrapped', async () => {
    const lambda = (step: number): number => 0.01 * step;
    const model = await trained(train.adam(0.02), { lambda });
    await saveLayersModel(model, directory, { includeOptimizer: true });
    await expect(loadLayersModel(directory)).rejects.toThrow(
      /^loadLayersModel: expected a group-Lasso optimizer in the model file, found one that cannot be made: fromConfig: expected a schedule for lambda, found none, .* Or load with optimizer: 'inner' and wrap model\.optimizer by groupLasso\.$/,
    );
    const loaded = await loadLayersModel(directory, { optimizer: 'inner' });
    const optimizer = groupLasso(loaded.optimizer, groupsOf(loaded), { lambda });
    optimizer.setStep(4);
    loaded.compile({ optimizer, loss: 'meanSquaredError' });
    await fit(loaded, 2);
    await fit(model, 2);
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
    disposeOptimizers(model, loaded);
  });
});

describeBackend('withGroups', () => {
  afterEach(disposeVariables);

  test('makes an optimizer of the same settings without state', async () => {
    const model = buildModel();
    const optimizer = groupLasso(train.adam(0.02, 0.8, 0.9, 1e-7), groupsOf(model), options);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    await fit(model, 3);
    const again = buildModel();
    const fresh = optimizer.withGroups(groupsOf(again));
    expect([fresh.step, fresh.iterations, optimizer.step]).toEqual([0, 0, 3]);
    expect(fresh.inner).not.toBe(optimizer.inner);
    again.compile({ optimizer: fresh, loss: 'meanSquaredError' });
    await fit(again, 3);
    expect(await weightsOf(again)).toEqual(await weightsOf(model));
    expect(() => optimizer.withGroups([])).toThrow('expected a list of at least one group set');
    for (const each of [optimizer, fresh]) each.dispose();
  });

  test.each(Object.entries(optimizers))(
    'lets a pruned model train on with %s, penalized',
    async (_, make) => {
      const model = buildModel();
      const strong = { lambda: 0.02, penalty: 'proximal', stepSize: 0.1 } as const;
      const optimizer = groupLasso(make(), groupsOf(model), strong);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      await fit(model, 2);
      // As after more training: nothing reads unit 1 of the first layer and unit 2 of the second.
      clearRow(model, 1, 1);
      clearRow(model, 3, 1);
      clearRow(model, 4, 2);
      clearRow(model, 6, 2);
      const { model: small, report } = pruneLayersModel(model);
      expect(report.notes).toEqual([]);
      expect(small.weights.map(({ shape }) => shape[0])).toEqual([2, 2, 6, 2, 2, 8, 2, 1]);
      const fresh = lassoOf(small);
      expect([fresh.step, fresh.groups]).toEqual([0, groupsOf(small)]);
      const before = (await fresh.metrics()).penalty;
      await fit(small, 4);
      expect(fresh.step).toBe(4);
      expect((await fresh.metrics()).penalty).not.toBe(before);
      // The same without the penalty ends elsewhere.
      const { model: other } = pruneLayersModel(model);
      disposeOptimizers(other);
      const none = groupLasso(make(), groupsOf(other), { lambda: 0 });
      other.compile({ optimizer: none, loss: 'meanSquaredError' });
      await fit(other, 4);
      expect(await weightsOf(other)).not.toEqual(await weightsOf(small));
      disposeOptimizers(model, small, other);
    },
  );
});
