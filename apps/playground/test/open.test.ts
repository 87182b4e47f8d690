import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@secateur/backend';
import { formatLayout, layersModelLayout, type Layout } from '@secateur/groups';
import { loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
import { pruneLayersModel } from '@secateur/pruner/tfjs';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFiles } from '../src/prune/open.ts';
import type { Given } from '../src/prune/opened.ts';

const folder = sharedFolder();
beforeAll(() => useBackend('cpu'));

const filesIn = (path: string): Given[] =>
  readdirSync(path).map((name) => ({
    name,
    bytes: Uint8Array.from(readFileSync(join(path, name))),
  }));

function write(name: string, files: readonly Given[]): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file.name), file.bytes);
  return path;
}

const drawn = (seed: number) => ({
  kernelInitializer: tf.initializers.glorotUniform({ seed }),
  recurrentInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }),
});

function sequential(): tf.LayersModel {
  const both = tf.layers.lstm({ units: 6, returnSequences: true, ...drawn(1) }) as tf.RNN;
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 11, outputDim: 4, inputLength: 5 }),
      tf.layers.bidirectional({ layer: both, mergeMode: 'concat' }),
      tf.layers.dropout({ rate: 0.1 }),
      tf.layers.gru({ units: 8, returnSequences: true, name: 'second', ...drawn(3) }),
      tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3 }) }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2, name: 'answer', activation: 'softmax' }),
    ],
  });
}

function functional(): tf.LayersModel {
  const x = tf.input({ shape: [5], dtype: 'int32', name: 'words' });
  const table = tf.layers.embedding({ inputDim: 11, outputDim: 4, name: 'table' }).apply(x);
  const run = (name: string, seed: number) =>
    tf.layers.lstm({ units: 7, name, ...drawn(seed) }).apply(table) as tf.SymbolicTensor;
  const joined = tf.layers.concatenate().apply([run('a', 5), run('b', 7)]);
  const y = tf.layers.dense({ units: 2, name: 'answer' }).apply(joined) as tf.SymbolicTensor;
  return tf.model({ inputs: x, outputs: y });
}

describe.each([
  ['a sequential model', sequential],
  ['a functional model', functional],
])('model.json of %s', (name, make) => {
  test('has the layout and gets the sizes that TensorFlow.js gives it', async () => {
    const model = make();
    const path = join(folder, name);
    await saveLayersModel(model, path);
    const found = openFiles(filesIn(path));
    // TensorFlow.js numbers the variables of a process; a file has no such numbers.
    const plain = (layout: Layout): string =>
      formatLayout(layout)
        .replaceAll(/(kernel|bias|embeddings)_\d+/g, '$1')
        .replaceAll(/ +/g, ' ');
    expect(plain(found.layout)).toBe(plain(layersModelLayout(model)));
    const expected = pruneLayersModel(model, { target: { macs: 0.6 } });
    const smaller = found.smaller(0.6);
    expect(smaller.exact).toBe(false);
    expect(smaller.report.sizes).toEqual(expected.report.sizes);

    const loaded = await loadLayersModel(write(`${name}, smaller`, smaller.files));
    const words = tensor([0, 3, 10, 2, 2, 9, 1, 0, 4, 5], [2, 5], 'int32');
    const [mine, theirs] = [loaded, expected.model].map((each) => each.predict(words) as Tensor);
    expect([...mine!.dataSync()]).toEqual([...theirs!.dataSync()]);
    dispose([words, mine!, theirs!]);
  });
});

describe('what cannot be read says why', () => {
  const bytes = (text: string): Given['bytes'] => new TextEncoder().encode(text);
  test.each([
    [
      'notes.txt',
      'x',
      'Expected a file that ends in .onnx or .safetensors, or model.json with its weights, found notes.txt.',
    ],
    ['weights.bin', 'x', 'Give model.json with it.'],
    [
      'model.json',
      '{"a":1}',
      'model.json: expected the model.json of a tf.LayersModel, found other JSON.',
    ],
    ['model.json', '{', 'expected'],
    ['x.onnx', 'not a protobuf', 'expected'],
    ['x.safetensors', 'short', 'expected'],
  ])('%s', (name, text, message) => {
    expect(() => openFiles([{ name, bytes: bytes(text) }])).toThrow(message);
  });
  test('model.json without its weights, and with a part of them', async () => {
    const path = join(folder, 'cut');
    await saveLayersModel(functional(), path);
    const [data, model] = filesIn(path).sort((a, b) => a.name.localeCompare(b.name)) as [
      Given,
      Given,
    ];
    expect(() => openFiles([model])).toThrow(`The weights are in "${data.name}": give that file`);
    const short = { name: data.name, bytes: data.bytes.slice(0, 100) };
    expect(() => openFiles([model, short])).toThrow('a file is cut off');
  });
});

test('a head of float64 is refused, which would stay as large as it is', () => {
  const floats = (shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5),
  });
  const given = encodeSafetensors({
    'rnn.weight_ih_l0': floats([16, 3]),
    'rnn.weight_hh_l0': floats([16, 4]),
    'rnn.bias_ih_l0': floats([16]),
    'rnn.bias_hh_l0': floats([16]),
    'head.weight': { shape: [2, 4], data: new Float64Array(8) },
    'head.bias': { shape: [2], data: new Float64Array(2) },
  });
  expect(() => openFiles([{ name: 'net.safetensors', bytes: Uint8Array.from(given) }])).toThrow(
    'expected weights of float32, float16 or bfloat16 in net.safetensors, found float64 in "head.bias"; write model.float() in PyTorch.',
  );
});

test('weights of PyTorch keep their names and types, and lose the same units everywhere', () => {
  const array = (shape: number[], seed: number) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) =>
      Math.sin(seed + i),
    ),
  });
  // Unit 2 of 4 is read by nobody.
  const recurrent = array([16, 4], 1);
  const head = array([3, 4], 2);
  for (const { data } of [recurrent, head]) data.forEach((_, i) => i % 4 === 2 && (data[i] = 0));
  const given = encodeSafetensors({
    'rnn.weight_ih_l0': array([16, 5], 3),
    'rnn.weight_hh_l0': recurrent,
    'rnn.bias_ih_l0': array([16], 4),
    'rnn.bias_hh_l0': array([16], 5),
    'head.weight': head,
    'head.bias': array([3], 6),
  });
  const found = openFiles([{ name: 'net.safetensors', bytes: Uint8Array.from(given) }]);
  expect(found.title).toBe('safetensors file with the names of PyTorch');
  const { exact, files } = found.smaller(null);
  expect(exact).toBe(true);
  expect(files.map(({ name }) => name)).toEqual(['net-small.safetensors']);
  const { tensors } = decodeSafetensors(files[0]!.bytes);
  expect(tensors['rnn.weight_hh_l0']!.shape).toEqual([12, 3]);
  expect([...tensors['head.weight']!.data]).toEqual([...head.data].filter((_, i) => i % 4 !== 2));
  // And is read again.
  expect(Object.values(openFiles(files).layout.dims)).toContain(3);
});
