import {
  engine,
  io,
  memory,
  serialization,
  tensor,
  type DataType,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  loadLayersModel as loadStock,
  model as functional,
  models,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describeBackend } from '@secateur/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { PrunerError } from '@secateur/pruner';
import { loadLayersModel } from '@secateur/pruner/tfjs';
import { disposeModel, weightsOf } from '../layers-model.ts';

type Initializer = ReturnType<typeof initializers.glorotUniform>;

/** How often {@link Slow} was run. */
let runs = 0;

/** An initializer of a user, of which one would know that it was run. */
class Slow extends serialization.Serializable {
  static readonly className: string = 'SlowInitializerOfTheTest';
  readonly value: number;
  constructor({ value }: { value: number }) {
    super();
    this.value = value;
  }
  apply(shape: number[], dtype: DataType): Tensor {
    runs += 1;
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(
      Array.from({ length: size }, (_, i) => this.value + i),
      shape,
      dtype,
    );
  }
  getConfig(): { value: number } {
    return { value: this.value };
  }
}
serialization.registerClass(Slow as never);

/** What the constructors of layers take for an initializer that is not stock. */
const slow = (value: number): Initializer =>
  ({ className: Slow.className, config: { value } }) as unknown as Initializer;
const uniform = (seed: number): Initializer =>
  initializers.randomUniform({ minval: -0.25, maxval: 0.5, seed });
const glorot = (seed: number): Initializer => initializers.glorotNormal({ seed });
const scaled = (seed: number): Initializer =>
  initializers.varianceScaling({ scale: 3, mode: 'fanAvg', distribution: 'uniform', seed });

const recurrent = {
  kernelInitializer: scaled(1),
  recurrentInitializer: slow(2),
  biasInitializer: uniform(3),
};

const built: Readonly<Record<string, () => LayersModel>> = {
  'a stack of layers': () =>
    sequential({
      layers: [
        layers.embedding({
          inputDim: 7,
          outputDim: 4,
          inputLength: 6,
          embeddingsInitializer: uniform(4),
        }),
        layers.conv1d({ filters: 3, kernelSize: 2, kernelInitializer: slow(5) }),
        layers.batchNormalization({ gammaInitializer: slow(1), betaInitializer: uniform(6) }),
        layers.prelu({ alphaInitializer: initializers.constant({ value: 0.3 }) as never }),
        layers.lstm({ units: 3, ...recurrent, unitForgetBias: false }),
        layers.dense({ units: 2, kernelInitializer: glorot(7) }),
      ],
    }),
  'models in models': () => {
    const inner = sequential({
      name: 'encoder',
      layers: [layers.gru({ units: 2, inputShape: [3, 4], returnSequences: true, ...recurrent })],
    });
    const x = input({ shape: [3, 4], name: 'x' });
    const encoded = inner.apply(x) as typeof x;
    const y = layers.lstm({ units: 2, ...recurrent }).apply(encoded) as typeof x;
    const middle = functional({ inputs: x, outputs: y, name: 'middle' });
    const outside = input({ shape: [3, 4], name: 'outside' });
    const head = layers.dense({ units: 1, kernelInitializer: slow(8) });
    return functional({
      inputs: outside,
      outputs: head.apply(middle.apply(outside)) as typeof outside,
    });
  },
  'a wrapper of a model': () => {
    const inner = sequential({
      layers: [layers.dense({ units: 2, inputShape: [4], kernelInitializer: slow(9) })],
    });
    return sequential({
      layers: [layers.timeDistributed({ layer: inner as never, inputShape: [3, 4] })],
    });
  },
  'both directions of an LSTM': () => {
    const layer = layers.lstm({ units: 2, ...recurrent }) as never;
    return sequential({
      layers: [layers.bidirectional({ layer, mergeMode: 'concat', inputShape: [3, 4] })],
    });
  },
  'a stack of cells': () => {
    const cell = [
      layers.lstmCell({ units: 3, ...recurrent }),
      layers.gruCell({ units: 2, ...recurrent }),
      layers.simpleRNNCell({ units: 2, ...recurrent }),
    ] as never;
    return sequential({ layers: [layers.rnn({ cell, inputShape: [3, 4] })] });
  },
};

async function artifactsOf(model: LayersModel, config?: io.SaveConfig): Promise<io.ModelArtifacts> {
  let saved: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler((artifacts) => {
      // As a file has it.
      const { weightData, ...rest } = artifacts;
      saved = { ...(JSON.parse(JSON.stringify(rest)) as object), weightData: weightData! };
      const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' } as const;
      return Promise.resolve({ modelArtifactsInfo });
    }),
    config,
  );
  return saved!;
}

const valuesOf = (model: LayersModel): number[][] =>
  Object.values(weightsOf(model)).map(({ data }) => [...data]);
/** What `toJSON` gives, but for the name of a stack of cells, which TensorFlow.js makes anew each time. */
const topologyOf = (model: LayersModel): unknown =>
  JSON.parse(
    JSON.stringify(model.toJSON(null, false)).replace(/_StackedRNNCells\d+/g, '_StackedRNNCells'),
  );
const anew = (model: LayersModel): Promise<LayersModel> =>
  models.modelFromJSON(model.toJSON(null, false) as never);

beforeEach(() => {
  runs = 0;
});

describeBackend('loadLayersModel in any environment', () => {
  describe.each(Object.entries(built))('%s', (_, build) => {
    test('is loaded without running an initializer, and keeps them all', async () => {
      const model = build();
      const artifacts = await artifactsOf(model);
      expect(runs).toBeGreaterThan(0);
      runs = 0;
      const loaded = await loadLayersModel(io.fromMemory(artifacts));
      expect(runs).toBe(0);
      expect(valuesOf(loaded)).toEqual(valuesOf(model));

      const [expected, fresh] = [await anew(model), await anew(loaded)];
      expect(runs).toBeGreaterThan(0);
      // TensorFlow.js itself writes the dtype of an embedding only of a model that was made from a configuration.
      expect(topologyOf(loaded)).toEqual(topologyOf(expected));
      expect(valuesOf(fresh)).toEqual(valuesOf(expected));
      // And once more: what was loaded is saved as it was.
      const again = await loadLayersModel(io.fromMemory(await artifactsOf(loaded)));
      expect(topologyOf(again)).toEqual(topologyOf(expected));
      disposeModel(model, loaded, expected, fresh, again);
    });
  });

  test('an initializer of a loaded layer serves other layers too', async () => {
    const model = sequential({
      layers: [layers.dense({ units: 2, inputShape: [3], kernelInitializer: slow(4) })],
    });
    const loaded = await loadLayersModel(io.fromMemory(await artifactsOf(model)));
    const { kernelInitializer } = loaded.layers[0] as unknown as { kernelInitializer: Slow };
    const values = kernelInitializer.apply([2], 'float32');
    expect([...values.dataSync()]).toEqual([4, 5]);
    values.dispose();
    disposeModel(model, loaded);
  });

  test('keeps the gain of an orthogonal initializer', async () => {
    const model = sequential({
      layers: [layers.gru({ units: 2, inputShape: [3, 4], ...recurrent })],
    });
    const artifacts = await artifactsOf(model);
    const text = JSON.stringify(artifacts.modelTopology).replace(
      /\{"class_name":"SlowInitializerOfTheTest","config":\{"value":2\}\}/,
      '{"class_name":"Orthogonal","config":{"gain":1.5,"seed":null}}',
    );
    const modelTopology = JSON.parse(text) as object;
    const loaded = await loadLayersModel(io.fromMemory({ ...artifacts, modelTopology }));
    expect(JSON.stringify(topologyOf(loaded))).toBe(text);
    disposeModel(model, loaded);
  });

  test('loads two models at once', async () => {
    const [first, second] = [built['a stack of cells']!(), built['models in models']!()];
    const artifacts = await Promise.all([artifactsOf(first), artifactsOf(second)]);
    runs = 0;
    const loaded = await Promise.all(artifacts.map((each) => loadLayersModel(io.fromMemory(each))));
    expect(runs).toBe(0);
    expect(loaded.map(topologyOf)).toEqual([first, second].map(topologyOf));
    const fresh = await anew(loaded[0]!);
    expect(runs).toBeGreaterThan(0);
    disposeModel(first, second, ...loaded, fresh);
  });

  test('leaves the artifacts as they are, also for TensorFlow.js itself', async () => {
    const model = built['a stack of layers']!();
    const artifacts = await artifactsOf(model);
    const text = JSON.stringify(artifacts.modelTopology);
    const loaded = await loadLayersModel({ load: () => Promise.resolve(artifacts) });
    expect(JSON.stringify(artifacts.modelTopology)).toBe(text);
    const stock = await loadStock(io.fromMemory(artifacts));
    expect(topologyOf(stock)).toEqual(topologyOf(loaded));
    disposeModel(model, loaded, stock);
  });

  test('says what it cannot load', async () => {
    const failure = async (source: unknown): Promise<string> => {
      const error: unknown = await loadLayersModel(source as io.IOHandler).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(PrunerError);
      return (error as Error).message;
    };
    expect(await failure({})).toContain('expected a URL or an IO handler that loads, found object');
    expect(await failure(undefined)).toContain('found undefined');
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
    const artifacts = await artifactsOf(model);
    const text = JSON.stringify(artifacts.modelTopology).replace('VarianceScaling', 'Nope');
    const modelTopology = JSON.parse(text) as object;
    expect(await failure(io.fromMemory({ ...artifacts, modelTopology }))).toMatch(
      /^loadLayersModel: expected a layers model, found one that TensorFlow\.js does not build: Unknown initializer: Nope/,
    );
    const options = { optimizer: 'some' as never };
    await expect(loadLayersModel(io.fromMemory(artifacts), options)).rejects.toThrow(
      "expected optimizer to be 'saved', 'inner' or 'none', found 'some'",
    );
    disposeModel(model);
  });

  test('needs no initializers in the file', async () => {
    const model = built['a stack of layers']!();
    const artifacts = await artifactsOf(model);
    const text = JSON.stringify(artifacts.modelTopology, (key, value: unknown) =>
      key.endsWith('_initializer') ? undefined : value,
    );
    const modelTopology = JSON.parse(text) as object;
    const loaded = await loadLayersModel(io.fromMemory({ ...artifacts, modelTopology }));
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    disposeModel(model, loaded);
  });

  test.each([
    ['a layer that is not there', '["one",0,0,{}]', '["none",0,0,{}]'],
    ['a call that is not made', '["one",0,0,{}]', '["one",1,0,{}]'],
    ['what comes of itself', '["in",0,0,{}]', '["two",0,0,{}]'],
  ])('does not wait for %s', async (_, before, after) => {
    const start = input({ shape: [3], name: 'in' });
    const one = layers.dense({ units: 2, name: 'one' }).apply(start);
    const outputs = layers.dense({ units: 2, name: 'two' }).apply(one) as SymbolicTensor;
    const model = functional({ inputs: start, outputs });
    const artifacts = await artifactsOf(model);
    const text = JSON.stringify(artifacts.modelTopology);
    expect(text).toContain(before);
    const modelTopology = JSON.parse(text.replace(before, after)) as object;
    await expect(loadLayersModel(io.fromMemory({ ...artifacts, modelTopology }))).rejects.toThrow(
      /expected for each input of layer "(one|two)" a call of another layer that gives it, found \["\w+",\d,0,\{\}\], which no call gives/,
    );
    disposeModel(model);
  });

  describe('leaves nothing on the backend when a file', () => {
    type Artifacts = Awaited<ReturnType<typeof artifactsOf>>;
    const replaced =
      (pattern: string, by: string) =>
      (artifacts: Artifacts): Artifacts => {
        const text = JSON.stringify(artifacts.modelTopology);
        expect(text).toContain(pattern);
        return { ...artifacts, modelTopology: JSON.parse(text.replace(pattern, by)) as object };
      };
    const withSpec = (change: object) => (artifacts: Artifacts) => ({
      ...artifacts,
      weightSpecs: artifacts.weightSpecs!.map((spec, i) =>
        i === 1 ? { ...spec, ...change } : spec,
      ),
    });
    const damages: Readonly<
      Record<string, readonly [(artifacts: Artifacts) => Artifacts, string]>
    > = {
      'has a last layer of no known class': [
        replaced('"class_name":"Dense"', '"class_name":"Nothing"'),
        'Unknown layer: Nothing',
      ],
      'has a layer too large for its weights': [
        replaced('"units":5', '"units":2000000000'),
        'expected layers with weights of 80 numbers at most, as many as the file has, found one of shape [3, 2000000000]',
      ],
      'has a layer whose name no weight can have': [
        replaced('"name":"last"', '"name":"1e+39"'),
        "Not a valid tensor name: '1e+39/kernel'",
      ],
      'has a weight of another type': [withSpec({ dtype: 'float7' }), 'float7'],
      'has a weight that no layer has': [withSpec({ name: 'other' }), 'other'],
      'has a weight of another shape': [withSpec({ shape: [3, 12, 1] }), '3,12,1'],
      'trains with no known optimizer': [
        (artifacts) => ({
          ...artifacts,
          trainingConfig: {
            loss: 'mse',
            metrics: [],
            optimizer_config: { class_name: 'Nothing', config: {} },
          } as never,
        }),
        'Nothing',
      ],
    };
    test.each(Object.entries(damages))('%s', async (_, [damage, message]) => {
      const model = sequential({
        layers: [
          layers.lstm({
            units: 3,
            inputShape: [2, 1],
            recurrentInitializer: 'glorotUniform',
            // The first values of such a bias leave tensors in TensorFlow.js.
            unitForgetBias: false,
          }),
          layers.dense({ units: 5, name: 'last' }),
        ],
      });
      const artifacts = await artifactsOf(model);
      const good = (await artifactsOf(model)) as Artifacts;
      const damaged = damage(artifacts as Artifacts);
      const tensors = memory().numTensors;
      const variables = Object.keys(engine().registeredVariables);
      // Beside a load that goes well, whose weights are made meanwhile.
      const [failed, loaded] = await Promise.allSettled([
        loadLayersModel({ load: () => Promise.resolve(damaged) }),
        loadLayersModel({ load: () => Promise.resolve(good) }),
      ]);
      expect(failed).toMatchObject({
        status: 'rejected',
        reason: { name: 'PrunerError', message: expect.stringContaining(message) as string },
      });
      expect(loaded.status).toBe('fulfilled');
      if (loaded.status !== 'fulfilled') return;
      expect(valuesOf(loaded.value)).toEqual(valuesOf(model));
      disposeModel(loaded.value);
      expect(memory().numTensors).toBe(tensors);
      expect(Object.keys(engine().registeredVariables)).toEqual(variables);
      disposeModel(model);
    });
  });
});
