import {
  dispose,
  io,
  mul,
  sum,
  tensor,
  train,
  zerosLike,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  loadLayersModel,
  model as functional,
  sequential,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import {
  issGroups,
  layersModelLayout,
  type GroupSet,
  type LayersModelLike,
} from '@secateur/groups';
import { describeBackend } from '@secateur/testing';
import { useBackend } from '@secateur/backend';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { groupLasso, LassoError, type GroupLassoOptions } from '@secateur/lasso';
import { bits, disposeVariables, makeVariable, noise, rows } from './helpers.ts';

const seeded = (seed: number): ReturnType<typeof initializers.randomUniform> =>
  initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });
const recurrent = { kernelInitializer: seeded(1), recurrentInitializer: seeded(2) } as const;
const head = (): ReturnType<typeof layers.dense> =>
  layers.dense({ name: 'head', units: 1, kernelInitializer: seeded(3) });

/** Models over [batch, 4, 2] by the kind of their recurrent layer; each call makes one with the same layer names. */
const models: Readonly<Record<string, () => LayersModel>> = {
  lstm: () =>
    sequential({
      layers: [layers.lstm({ name: 'rnn', units: 3, inputShape: [4, 2], ...recurrent }), head()],
    }),
  gru: () =>
    sequential({
      layers: [layers.gru({ name: 'rnn', units: 4, inputShape: [4, 2], ...recurrent }), head()],
    }),
  'bidirectional lstm': () => {
    const layer = layers.lstm({ name: 'rnn', units: 2, ...recurrent }) as never;
    const both = layers.bidirectional({
      layer,
      mergeMode: 'concat',
      inputShape: [4, 2],
      name: 'both',
    });
    return sequential({ layers: [both, head()] });
  },
  'lstm in a functional model': () => {
    const x = input({ shape: [4, 2], name: 'x' });
    const y = layers.lstm({ name: 'rnn', units: 5, ...recurrent }).apply(x);
    return functional({ inputs: x, outputs: head().apply(y) as typeof x });
  },
};

const groupsOf = (model: LayersModel): GroupSet[] =>
  issGroups(layersModelLayout(model as unknown as LayersModelLike));

const x = (): Tensor => tensor(noise(6 * 8, 3), [6, 4, 2]);
const y = (): Tensor => tensor(noise(6, 4), [6, 1]);

/** Trains by `model.fit`, and disposes the optimizer. */
async function fit(
  model: LayersModel,
  groups: readonly GroupSet[],
  options: Partial<GroupLassoOptions> = {},
): Promise<Uint32Array[]> {
  const optimizer = groupLasso(train.sgd(0.1), groups, { lambda: 0.05, ...options });
  const [inputs, targets] = [x(), y()];
  try {
    model.compile({ optimizer, loss: 'meanSquaredError' });
    await model.fit(inputs, targets, { epochs: 3, shuffle: false, verbose: 0 });
    return await Promise.all(model.weights.map((weight) => bits(weight.read())));
  } finally {
    dispose([inputs, targets]);
    optimizer.dispose();
  }
}

const message = async (attempt: Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(LassoError);
  return (error as Error).message;
};

/** A name that TensorFlow.js made unique by a number at its end. */
const numbered = (name: string): RegExp => new RegExp(`"${name}_\\d+" as the nearest that has one`);

describe('groups whose weights get no gradient', () => {
  // A step that throws leaves what TensorFlow.js computed of it, so these tests cannot count tensors.
  beforeAll(async () => {
    await useBackend('cpu');
  });

  describe.each(Object.entries(models))('%s', (_, build) => {
    afterEach(disposeVariables);

    test('are an error when they are those of a model built before', async () => {
      const groups = groupsOf(build());
      const weight = groups[0]!.slices[0]!.weight;
      const text = await message(fit(build(), groups));
      expect(text).toContain(`applyGradients: expected a gradient for "${weight}" (group set "`);
      expect(text).toMatch(numbered(weight.replace(/_\d+$/, '')));
      expect(text).toContain('make the groups from the model that is trained');
      // So it is while lambda is still 0.
      await message(fit(build(), groups, { lambda: (step) => (step < 5 ? 0 : 1) }));
    });

    test('are an error when the model was loaded since', async () => {
      const model = build();
      let saved: io.ModelArtifacts | undefined;
      await model.save(
        io.withSaveHandler((artifacts) => {
          saved = artifacts;
          const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' } as const;
          return Promise.resolve({ modelArtifactsInfo });
        }),
      );
      const groups = groupsOf(model);
      const loaded = await loadLayersModel(io.fromMemory(saved!));
      await message(fit(loaded, groups));
      expect(await fit(loaded, groupsOf(loaded))).toHaveLength(loaded.weights.length);
    });

    test('are an error when the layer was frozen since', async () => {
      const model = build();
      const groups = groupsOf(model);
      model.layers.find(({ name }) => name === 'rnn' || name === 'both')!.trainable = false;
      expect(await message(fit(model, groups))).toContain('after loading and freezing');
    });
  });
});

describeBackend('missing gradients', () => {
  afterEach(disposeVariables);

  test('are no matter to groups of the model that is trained', async () => {
    for (const build of Object.values(models)) {
      const [own, ignoring, plain] = [build(), build(), build()];
      const penalized = await fit(own, groupsOf(own));
      expect(await fit(ignoring, groupsOf(ignoring), { missingGradients: 'ignore' })).toEqual(
        penalized,
      );
      expect(await fit(plain, groupsOf(plain), { lambda: 0 })).not.toEqual(penalized);
    }
  });

  test('are ignored on request: parts that are trained in turn', async () => {
    const a = makeVariable('a', [3, 4], [1, 2]);
    const b = makeVariable('b', [3, 4], [1, 2]);
    const sets = [...rows('a', 1), { ...rows('b', 1)[0]!, name: 'others' }];
    const optimizer = groupLasso(train.sgd(0.5), sets, { lambda: 1, missingGradients: 'ignore' });
    optimizer.minimize(() => mul<Scalar>(sum(a), 0), false, [a]);
    expect([...(await b.data())]).toEqual([3, 4]);
    const [first, second] = await a.data();
    expect(first).toBeCloseTo(3 - 0.3, 5);
    expect(second).toBeCloseTo(4 - 0.4, 5);
    const error = groupLasso(train.sgd(0.5), sets, { lambda: 1 });
    expect(() => {
      error.applyGradients({ a: b });
    }).toThrow(
      `applyGradients: expected a gradient for "b" (group set "others"), found "a" as the nearest that has one; make the groups from the model that is trained, after loading and freezing. If a step trains only a part of the weights, pass missingGradients: 'ignore'.`,
    );
    expect([...(await b.data())]).toEqual([3, 4]);
    optimizer.dispose();
    error.dispose();
  });

  test('are an error also when a later step is the first without them, and when all are missing', () => {
    const w = makeVariable('w', [3, 4], [1, 2]);
    const other = makeVariable('other', [3, 4]);
    const optimizer = groupLasso(train.adam(0.5), rows('w', 1), { lambda: 1 });
    const zero = zerosLike(w);
    optimizer.applyGradients({ w: zero, other });
    expect(optimizer.step).toBe(1);
    expect(() => {
      optimizer.applyGradients([
        { name: 'w', tensor: undefined as unknown as Tensor },
        { name: 'other', tensor: other },
      ]);
    }).toThrow('expected a gradient for "w" (group set "rows"), found "other" as the nearest');
    expect(() => {
      optimizer.applyGradients({});
    }).toThrow('expected a gradient for "w" (group set "rows"), found none at all;');
    expect(optimizer.step).toBe(1);
    zero.dispose();
    optimizer.dispose();
  });

  test('are not those of a gradient of zeros', async () => {
    const w = makeVariable('w', [3, 4], [1, 2]);
    const optimizer = groupLasso(train.sgd(0.5), rows('w', 1), { lambda: 1 });
    optimizer.minimize(() => mul<Scalar>(sum(w), 0), false, [w]);
    const [first] = await w.data();
    expect(first).toBeCloseTo(3 - 0.3, 5);
    optimizer.dispose();
  });
});
