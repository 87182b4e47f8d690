import { dispose, memory, tensor, train, type Optimizer, type Tensor } from '@tensorflow/tfjs-core';
import {
  initializers,
  layers,
  sequential,
  type LayersModel,
  type Sequential,
} from '@tensorflow/tfjs-layers';
import {
  issGroups,
  layersModelLayout,
  type GroupSet,
  type LayersModelLike,
} from '@secateur/groups';
import { pruneLayersModel, verify } from '@secateur/pruner/tfjs';
import { describeBackend } from '@secateur/testing';
import { afterEach, expect, test } from 'vitest';
import { groupLasso, type GroupLassoOptions } from '../src/index.ts';
import { bits, disposeVariables, noise } from './helpers.ts';

const units = 4;

const seeded = (seed: number): ReturnType<typeof initializers.randomUniform> =>
  initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });

/** A seeded stock model over [4 samples, 3 steps, 2 features]. */
function buildModel(): Sequential {
  return sequential({
    layers: [
      layers.lstm({
        name: 'lstm',
        units,
        inputShape: [3, 2],
        kernelInitializer: seeded(1),
        recurrentInitializer: seeded(2),
      }),
      layers.dense({ name: 'out', units: 1, kernelInitializer: seeded(3) }),
    ],
  });
}

/** The groups of its LSTM: four gate columns, the own row, the row of the reader. */
function groupsOf(model: LayersModel): GroupSet[] {
  const [kernel, recurrent, , out] = model.weights.map((w) => w.name) as string[];
  const gates = Array.from({ length: 4 }, (_, q) => q * units);
  return [
    {
      name: 'lstm',
      count: units,
      slices: [
        ...gates.map((start) => ({ weight: kernel!, axis: 1, start, multiplier: 1 })),
        ...gates.map((start) => ({ weight: recurrent!, axis: 1, start, multiplier: 1 })),
        { weight: recurrent!, axis: 0, start: 0, multiplier: 1 },
        { weight: out!, axis: 0, start: 0, multiplier: 1 },
      ],
    },
  ];
}

function data(): [Tensor, Tensor] {
  return [tensor([...noise(24, 5)], [4, 3, 2]), tensor([...noise(4, 6)], [4, 1])];
}

/** Trains by model.fit; the weights' bits and what the optimizer says at the end. */
async function fit(
  inner: Optimizer,
  options?: GroupLassoOptions,
): Promise<{ weights: Uint32Array[]; alive?: number; tensors: number[] }> {
  const model = buildModel();
  const hook = options === undefined ? undefined : groupLasso(inner, groupsOf(model), options);
  model.compile({ optimizer: hook ?? inner, loss: 'meanSquaredError' });
  const [x, y] = data();
  const tensors: number[] = [];
  const callbacks = { onEpochEnd: () => void tensors.push(memory().numTensors) };
  await model.fit(x, y, { epochs: 20, batchSize: 2, shuffle: false, verbose: 0, callbacks });
  const weights = await Promise.all(model.weights.map((w) => bits(w.read())));
  const alive = (await hook?.metrics())?.alive['lstm'];
  dispose([x, y]);
  model.dispose();
  (hook ?? inner).dispose();
  disposeVariables();
  return { weights, tensors, ...(alive === undefined ? {} : { alive }) };
}

describeBackend('a LayersModel', () => {
  afterEach(disposeVariables);

  test('trains through model.fit, and its components die', async () => {
    const { alive, tensors } = await fit(train.sgd(0.1), { lambda: 1, threshold: 0.02 });
    expect(alive).toBe(0);
    expect(new Set(tensors.slice(1)).size).toBe(1);
  });

  test('with lambda 0 ends with the weights of the bare optimizer, bit for bit', async () => {
    const make: (() => Optimizer)[] = [() => train.sgd(0.1), () => train.adam(0.01)];
    for (const inner of make) {
      const bare = await fit(inner());
      const hooked = await fit(inner(), { lambda: 0, threshold: 0.1 });
      expect(hooked.weights).toEqual(bare.weights);
      expect(hooked.alive).toBe(units);
    }
  });

  test('of a GRU loses components, which pruneLayersModel removes without a change', async () => {
    const model = sequential({
      layers: [
        layers.gru({
          name: 'gru',
          units: 8,
          inputShape: [3, 2],
          kernelInitializer: seeded(4),
          recurrentInitializer: seeded(5),
          biasInitializer: seeded(6),
        }),
        layers.dense({ name: 'out', units: 1, kernelInitializer: seeded(7) }),
      ],
    });
    const layout = layersModelLayout(model as unknown as LayersModelLike);
    const inner = train.adam(0.02, 0.9, 0.999, 1e-7);
    const hook = groupLasso(inner, issGroups(layout), { lambda: 0.1, threshold: 0.01 });
    model.compile({ optimizer: hook, loss: 'meanSquaredError' });
    // The features of the last step, added: a small part of the units can do that.
    const values = noise(16 * 6, 8);
    const x = tensor(values, [16, 3, 2]);
    const y = tensor(
      Float32Array.from({ length: 16 }, (_, i) => values[6 * i + 4]! + values[6 * i + 5]!),
      [16, 1],
    );
    const { history } = await model.fit(x, y, {
      epochs: 90,
      batchSize: 16,
      shuffle: false,
      verbose: 0,
    });
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 10);
    const alive = (await hook.metrics()).alive['gru']!;
    expect(alive).toBeGreaterThan(0);
    expect(alive).toBeLessThan(8);

    const { model: small, kept, exact } = pruneLayersModel(model, { layout });
    expect(exact).toBe(true);
    expect(kept['gru']).toHaveLength(alive);
    expect(small.weights.map(({ shape }) => shape)).toEqual([
      [2, 3 * alive],
      [alive, 3 * alive],
      [3 * alive],
      [alive, 1],
      [1],
    ]);
    const same = await verify(
      () => model.predict(x),
      () => small.predict(x),
    );
    expect(same.values).toBe(16);
    expect(same.maxAbsDifference).toBeLessThan(1e-6);
    dispose([x, y]);
    model.dispose();
    small.dispose();
    hook.dispose();
  });
});
