import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  dispose,
  io,
  ones,
  tensor,
  train,
  zeros,
  type Optimizer,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  layers,
  loadLayersModel as loadPlain,
  sequential,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import { layoutToJson } from '@secateur/groups';
import { describeBackend, stackedLstmLayout } from '@secateur/testing';
import { graphModelArtifacts, smallGraphModel } from '@secateur/testing/graph-model';
import { testFolder } from '@secateur/testing/folders';
import { beforeEach, expect, test } from 'vitest';
import { PrunerError } from '@secateur/pruner';
import { layersModelFiles, loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
import {
  loadLayersModel as loadAnywhere,
  pruneLayersModel,
  toLayersModel,
} from '@secateur/pruner/tfjs';
import { randomWeights } from '../random-network.ts';
import { disposeModel, languageModel, lstm, randomize, weightsOf } from '../tfjs/layers-model.ts';
import { lstms } from '../tfjs/networks.ts';

let directory: string;
const file = (name: string): string => join(directory, name);

function valuesOf(model: LayersModel): number[][] {
  return Object.values(weightsOf(model)).map(({ data }) => [...data]);
}

/** Reads the files as any loader would: nothing of ours. */
function plainHandler(): io.IOHandler {
  const json = JSON.parse(readFileSync(file('model.json'), 'utf8')) as io.ModelJSON;
  const parts = json.weightsManifest.flatMap(({ paths }) =>
    paths.map((path) => readFileSync(file(path))),
  );
  return io.fromMemory({
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(parts)).buffer,
  });
}

beforeEach(() => {
  directory = join(testFolder(), 'tfjs');
});

describeBackend('saveLayersModel', () => {
  test('writes what loadLayersModel reads, bit for bit', async () => {
    const model = languageModel();
    randomize(model, 41);
    await saveLayersModel(model, directory);
    expect(readdirSync(directory).sort()).toEqual(['group1-shard1of1.bin', 'model.json']);
    const loaded = await loadLayersModel(directory);
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    const x = tensor([0, 1, 2, 3, 4], [1, 5], 'int32');
    const [expected, found] = [model.predict(x) as Tensor, loaded.predict(x) as Tensor];
    expect([...(await found.data())]).toEqual([...(await expected.data())]);
    expected.dispose();
    found.dispose();
    x.dispose();
    disposeModel(model, loaded);
  });

  test('writes a language model that plain TensorFlow.js loads', async () => {
    const layout = stackedLstmLayout({ vocab: 6, embed: 3, hidden: [4, 2] });
    const model = toLayersModel(lstms(), { weights: randomWeights(layout, 42), layout });
    await saveLayersModel(model, directory);
    const loaded = await loadPlain(plainHandler());
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    const json = JSON.parse(readFileSync(file('model.json'), 'utf8')) as io.ModelJSON;
    expect(json.format).toBe('layers-model');
    expect(json.userDefinedMetadata).toEqual({ iss: { layout: layoutToJson(layout) } });
    disposeModel(model, loaded);
  });

  test('keeps what was pruned in the metadata, through loading', async () => {
    const model = languageModel();
    randomize(model, 43);
    const { model: small, kept } = pruneLayersModel(model);
    await saveLayersModel(small, directory);
    const loaded = await loadLayersModel(directory);
    expect(loaded.getUserDefinedMetadata()).toMatchObject({ iss: { kept } });
    await saveLayersModel(small, directory, { iss: { note: 'mine' } });
    const again = await loadLayersModel(directory);
    expect(again.getUserDefinedMetadata()).toEqual({ iss: { note: 'mine' } });
    disposeModel(model, small, loaded, again);
  });

  test('parts the weights into files of at most 4 MB and joins them again', async () => {
    const model = sequential({
      layers: [layers.dense({ units: 1100, inputShape: [1000], name: 'wide' })],
    });
    await saveLayersModel(model, directory);
    const shards = readdirSync(directory).filter((name) => name.endsWith('.bin'));
    expect(shards.sort()).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin']);
    expect(statSync(file(shards[0]!)).size).toBe(4 * 1024 * 1024);
    expect(statSync(file(shards[1]!)).size).toBe(4 * 1100 * 1001 - 4 * 1024 * 1024);
    const loaded = await loadLayersModel(directory);
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    // A smaller model afterwards leaves no file of the larger one.
    const small = sequential({
      layers: [layers.dense({ units: 1, inputShape: [1], name: 'narrow' })],
    });
    await saveLayersModel(small, directory);
    expect(readdirSync(directory).sort()).toEqual(['group1-shard1of1.bin', 'model.json']);
    disposeModel(model, loaded, small);
  });

  test('loads an LSTM without running the orthogonal initializer it was made with', async () => {
    const model = sequential({ layers: [lstm(2, { inputShape: [3, 2], name: 'rnn' })] });
    await saveLayersModel(model, directory);
    const json = readFileSync(file('model.json'), 'utf8');
    const changed = json.replace(
      /"recurrent_initializer": \{[^}]*\{[^}]*\}\s*\}/,
      '"recurrent_initializer": {"class_name": "Orthogonal", "config": {"gain": 1, "seed": null}}',
    );
    expect(changed).toContain('Orthogonal');
    writeFileSync(file('model.json'), changed);
    const loaded = await loadLayersModel(directory);
    expect(JSON.stringify(loaded.getConfig())).toContain('Orthogonal');
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    disposeModel(model, loaded);
  });

  test("serves TensorFlow.js's own save and loadLayersModel as an IO handler", async () => {
    const model = languageModel();
    randomize(model, 44);
    const { modelArtifactsInfo } = await model.save(layersModelFiles(directory));
    expect(modelArtifactsInfo.modelTopologyType).toBe('JSON');
    const loaded = await loadPlain(layersModelFiles(directory));
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    disposeModel(model, loaded);
  });
});

describeBackend('a model saved with an optimizer of TensorFlow.js', () => {
  const optimizers = {
    momentum: () => train.momentum(0.1, 0.9),
    adam: () => train.adam(0.01, 0.8, 0.9),
    rmsprop: () => train.rmsprop(0.01),
  };

  test.each(Object.entries(optimizers))(
    'has its %s after loading, by both loaders',
    async (_, make) => {
      const model = sequential({ layers: [lstm(2, { inputShape: [3, 2], name: 'rnn' })] });
      const optimizer = make();
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const [x, y] = [ones([4, 3, 2]), zeros([4, 3, 2])];
      await model.fit(x, y, { epochs: 2, verbose: 0 });
      await saveLayersModel(model, directory);
      const bare = await loadLayersModel(directory);
      expect(bare.optimizer).toBeUndefined();
      const states: Tensor[] = [];
      const stateOf = async (of: Optimizer): Promise<[string, number[]][]> => {
        const state = await of.getWeights();
        states.push(state[0]!.tensor);
        return state.map(({ name, tensor: t }) => [name, [...t.dataSync()]]);
      };
      const { getWeights } = optimizer;
      optimizer.getWeights = async () => {
        const state = await getWeights.call(optimizer);
        states.push(state[0]!.tensor);
        return state;
      };
      await saveLayersModel(model, directory, { includeOptimizer: true });
      const expected = await stateOf(optimizer);
      expect(expected.length).toBeGreaterThan(3);
      const none = await loadLayersModel(directory, { optimizer: 'none' });
      expect(none.optimizer).toBeUndefined();
      const loaded = [
        await loadLayersModel(directory),
        await loadLayersModel(directory, { optimizer: 'inner' }),
        await loadPlain(layersModelFiles(directory)),
      ];
      for (const found of loaded) {
        expect(valuesOf(found)).toEqual(valuesOf(model));
        expect(found.optimizer.getClassName()).toBe(optimizer.getClassName());
        expect(found.optimizer.getConfig()).toEqual(optimizer.getConfig());
        expect(await stateOf(found.optimizer)).toEqual(expected);
        await found.fit(x, y, { verbose: 0 });
      }
      for (const { optimizer: each } of [model, ...loaded]) {
        each.dispose();
        // TensorFlow.js's momentum forgets its learning rate.
        (each as unknown as { c?: Tensor }).c?.dispose();
      }
      dispose([x, y, ...states]);
      disposeModel(model, bare, none, ...loaded);
    },
  );
});

describeBackend('loadLayersModel of @secateur/pruner/tfjs', () => {
  test('loads the files over HTTP, as a page does', async () => {
    const model = languageModel();
    randomize(model, 45);
    await saveLayersModel(model, directory);
    const server = createServer(({ url }, response) => {
      response.end(readFileSync(file(url!.slice(1))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const loaded = await loadAnywhere(`http://127.0.0.1:${port}/model.json`);
      expect(valuesOf(loaded)).toEqual(valuesOf(model));
      disposeModel(model, loaded);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describeBackend('loadLayersModel', () => {
  const changeModel = (change: Record<string, unknown>): void => {
    const json = JSON.parse(readFileSync(file('model.json'), 'utf8')) as object;
    writeFileSync(file('model.json'), JSON.stringify({ ...json, ...change }));
  };

  const damages: [string, () => void, string][] = [
    ['no model.json', () => rmSync(file('model.json')), 'expected a readable file model.json in "'],
    [
      'no weights',
      () => rmSync(file('group1-shard1of1.bin')),
      'expected a readable file group1-shard1of1.bin in "',
    ],
    [
      'truncated weights',
      () => truncateSync(file('group1-shard1of1.bin'), 8),
      'bytes of weights in "',
    ],
    [
      'half a model.json',
      () => truncateSync(file('model.json'), 30),
      'expected JSON in model.json',
    ],
    [
      'a graph model',
      () => changeModel(graphModelArtifacts),
      'loadLayersModel: expected a tf.LayersModel in "',
    ],
    [
      'a graph model of an old converter, which wrote no format',
      () => changeModel({ modelTopology: graphModelArtifacts.modelTopology }),
      'found a tf.GraphModel, which is a graph of operations without layers; convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model.',
    ],
    [
      'a manifest that is none',
      () => changeModel({ weightsManifest: [{ paths: [3], weights: [] }] }),
      'expected modelTopology and weightsManifest in model.json',
    ],
    ...['../secret.bin', '..\\secret.bin', '/secret.bin', 'below/secret.bin', '..'].map(
      (path): [string, () => void, string] => [
        `weights elsewhere, at ${path}`,
        () => changeModel({ weightsManifest: [{ paths: [path], weights: [] }] }),
        'expected weight files beside model.json in "',
      ],
    ),
    [
      'weights on another drive',
      () => changeModel({ weightsManifest: [{ paths: ['D:secret.bin'], weights: [] }] }),
      'expected weight files beside model.json in "',
    ],
    [
      'a layer that does not exist',
      () =>
        changeModel({
          modelTopology: {
            class_name: 'Sequential',
            config: { name: 's', layers: [{ class_name: 'Nope', config: {} }] },
          },
        }),
      'expected a layers model in "',
    ],
  ];

  test('saves no tf.GraphModel, and writes nothing then', async () => {
    const model = await smallGraphModel();
    const attempt = saveLayersModel(model as unknown as LayersModel, directory);
    await expect(attempt).rejects.toThrow(PrunerError);
    await expect(attempt).rejects.toThrow(
      'saveLayersModel: expected a built tf.LayersModel, found a tf.GraphModel',
    );
    expect(existsSync(directory)).toBe(false);
    model.dispose();
  });

  test.each(damages)('says clearly what is wrong with %s', async (_, damage, message) => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3], name: 'd' })] });
    await saveLayersModel(model, directory);
    disposeModel(model);
    damage();
    const attempt = loadLayersModel(directory);
    await expect(attempt).rejects.toThrow(PrunerError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(directory);
  });
});
