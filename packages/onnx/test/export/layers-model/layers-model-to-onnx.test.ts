import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as functional,
  RNN,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { resetAfterGru } from '@secateur/cells/layers';
import { layersModelLayout } from '@secateur/groups';
import { layersModelToOnnx, onnxMetadata, OnnxError } from '@secateur/onnx';
import { pruneLayersModel } from '@secateur/pruner/tfjs';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { floats, ids, runOnnx, runtimes, type Feeds, type Values } from '../../support/run-onnx.ts';

const [BATCH, TIME, WIDTH] = [2, 5, 3];
const sequenceInput = (name?: string): SymbolicTensor =>
  input({ shape: [TIME, WIDTH], ...(name === undefined ? {} : { name }) });
const draw = {
  recurrentInitializer: 'glorotUniform',
  biasInitializer: 'randomUniform',
} as const;

/** A model of layers one after the other over `[batch, TIME, WIDTH]`. */
function chain(...all: { apply(x: SymbolicTensor): unknown }[]): LayersModel {
  const x = sequenceInput();
  const y = all.reduce((value, layer) => layer.apply(value) as SymbolicTensor, x);
  return functional({ inputs: x, outputs: y });
}

/** Writes a model and checks that the runtime gives what TensorFlow.js does. */
async function check(model: LayersModel, given: readonly Values[], opset: 17 | 22 = 17) {
  const onnx = await layersModelToOnnx(model, { opset });
  const tensors = given.map(({ data, dims }) => tensor(data, [...dims], 'float32'));
  const predicted = model.predict(tensors.length === 1 ? tensors[0]! : tensors);
  const expected: Tensor[] = Array.isArray(predicted) ? predicted : [predicted];
  const names = onnx.graph!.input.map(({ name }) => name);
  const feeds = Object.fromEntries(names.map((name, k) => [name, given[k]!]));
  const outputs = onnx.graph!.output.map(({ name }) => name);
  expect(outputs).toHaveLength(expected.length);
  for (const runtime of runtimes) {
    const [found] = await runOnnx(runtime, onnx, feeds);
    expected.forEach((each, k) => {
      expect(found![outputs[k]!]!.dims).toEqual(each.shape);
      expectAllClose(found![outputs[k]!]!.data, each, { atol: 1e-5, rtol: 1e-5 });
    });
  }
  dispose([...tensors, ...expected]);
  disposeModel(model);
}

/** With the models inside it, whose weights TensorFlow.js keeps. */
function disposeModel(model: LayersModel): void {
  const variables = model.weights.map((weight) => weight.read());
  model.dispose();
  for (const each of variables) if (!each.isDisposed) each.dispose();
}

const lstm = (more: object = {}) =>
  layers.lstm({ units: 4, recurrentActivation: 'sigmoid', ...draw, ...more });
const gru = (more: object = {}) =>
  layers.gru({ units: 4, recurrentActivation: 'sigmoid', ...draw, ...more });
const steps = { returnSequences: true };
const x = floats([BATCH, TIME, WIDTH], 5);

const chains: Readonly<Record<string, () => LayersModel>> = {
  'LSTM, last step': () => chain(lstm()),
  'LSTM, hard gates and relu': () =>
    chain(lstm({ ...steps, recurrentActivation: 'hardSigmoid', activation: 'relu' })),
  'LSTM, elu, softsign, no bias': () =>
    chain(lstm({ activation: 'elu', recurrentActivation: 'softsign', useBias: false })),
  'LSTM, linear': () => chain(lstm({ activation: 'linear' })),
  'LSTM backwards': () => chain(lstm({ goBackwards: true })),
  'LSTM backwards, all steps': () => chain(lstm({ ...steps, goBackwards: true })),
  'GRUs with both resets': () => chain(gru(steps), resetAfterGru({ units: 3, ...draw }) as never),
  'simple RNNs': () =>
    chain(
      layers.simpleRNN({ units: 4, ...draw, ...steps }),
      layers.simpleRNN({ units: 2, ...draw, activation: 'relu' }),
    ),
  'a stack of cells': () =>
    chain(
      new RNN({
        cell: [
          layers.lstmCell({ units: 3, ...draw }),
          layers.gruCell({ units: 2, ...draw }),
        ] as never,
        returnSequences: true,
      }),
    ),
  ...Object.fromEntries(
    (['concat', 'sum', 'mul', 'ave'] as const).flatMap((mergeMode) =>
      [true, false].map((returnSequences) => [
        `Bidirectional, ${mergeMode}, ${returnSequences ? 'all steps' : 'last step'}`,
        () => chain(layers.bidirectional({ layer: gru({ returnSequences }) as never, mergeMode })),
      ]),
    ),
  ),
  'dense layers with activations': () =>
    chain(
      ...(
        [
          ...['relu', 'relu6', 'selu', 'softplus', 'softsign', 'swish', 'mish', 'hardSigmoid'],
          ...['tanh', 'elu', 'logSoftmax', 'softmax', 'linear', 'sigmoid'],
        ] as const
      ).map((activation) => layers.dense({ units: 4, activation: activation as 'relu' })),
    ),
  'convolutions and pooling': () =>
    chain(
      layers.conv1d({ filters: 4, kernelSize: 2, padding: 'same', activation: 'tanh' }),
      layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same', dilationRate: 2 }),
      layers.averagePooling1d({ poolSize: 2, strides: 1, padding: 'same' }),
      layers.conv1d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same', useBias: false }),
      layers.maxPooling1d({ poolSize: 2, strides: 1 }),
      layers.globalMaxPooling1d(),
    ),
  normalizations: () =>
    chain(
      layers.batchNormalization({
        ...{ movingMeanInitializer: 'randomNormal', movingVarianceInitializer: 'ones' },
        ...{ betaInitializer: 'randomNormal', gammaInitializer: 'randomNormal' },
      }),
      layers.batchNormalization({ axis: 1, movingMeanInitializer: 'randomNormal', scale: false }),
      layers.layerNormalization({ axis: -1, betaInitializer: 'randomNormal' }),
    ),
  'activation layers': () =>
    chain(
      layers.leakyReLU({ alpha: 0.2 }),
      layers.prelu({ alphaInitializer: 'randomNormal', sharedAxes: [1] }),
      layers.elu(),
      layers.thresholdedReLU({ theta: 0.1 }),
      layers.reLU({ maxValue: 0.8 }),
      layers.activation({ activation: 'tanh' }),
      layers.softmax({ axis: 2 }),
    ),
  shapes: () =>
    chain(
      layers.permute({ dims: [2, 1] }),
      layers.reshape({ targetShape: [TIME, WIDTH] }),
      layers.timeDistributed({ layer: layers.dense({ units: 4, activation: 'tanh' }) }),
      layers.dropout({ rate: 0.5 }),
      layers.spatialDropout1d({ rate: 0.5 }),
      layers.flatten(),
      layers.repeatVector({ n: 3 }),
      layers.globalAveragePooling1d({}),
    ),
};

describeBackend('layersModelToOnnx', () => {
  test.each(Object.entries(chains))('%s', async (_, make) => {
    await check(make(), [x]);
  });

  test('operators of version 22', async () => {
    await check(chains['convolutions and pooling']!(), [x], 22);
    await check(chains['shapes']!(), [x], 22);
    await check(chains['Bidirectional, concat, all steps']!(), [x], 22);
  });

  test('word ids, as sequences of any length', async () => {
    const model = sequential();
    model.add(layers.embedding({ inputDim: 11, outputDim: 3, inputShape: [null] }));
    model.add(lstm(steps) as never);
    model.add(layers.dense({ units: 11, activation: 'softmax' }));
    const onnx = await layersModelToOnnx(model);
    expect(onnx.graph!.input[0]!.type!.value).toMatchObject({ value: { elemType: 6 } });
    expect(onnxMetadata(onnx).layout).toEqual(layersModelLayout(model));
    await check(model, [ids([BATCH, 7], 11)]);
  });

  test('merges, shared layers, models inside, several inputs and outputs', async () => {
    const [a, b] = [sequenceInput('a'), sequenceInput('b')];
    const shared = lstm(steps);
    const inner = sequential();
    inner.add(gru({ ...steps, inputShape: [TIME, 4] }) as never);
    inner.add(layers.dense({ units: 4 }));
    const [one, two] = [a, b].map((each) => shared.apply(each) as SymbolicTensor);
    const nested = [one!, two!].map((each) => inner.apply(each) as SymbolicTensor);
    const merged = [
      layers.add().apply(nested),
      layers.average().apply([one!, two!, nested[0]!]),
      layers.maximum().apply(nested),
      layers.minimum().apply(nested),
      layers.multiply().apply([one!, nested[1]!]),
      layers.concatenate({ axis: 1 }).apply(nested),
    ] as SymbolicTensor[];
    const beside = layers.concatenate().apply(merged.slice(0, 5)) as SymbolicTensor;
    const model = functional({ inputs: [a, b], outputs: [beside, merged[5]!, one!, two!] });
    await check(model, [x, floats([BATCH, TIME, WIDTH], 6)]);
  });

  test('states that are returned and handed on', async () => {
    const a = sequenceInput('a');
    const [first, h, c] = lstm({ ...steps, returnState: true }).apply(a) as SymbolicTensor[];
    const second = lstm({ returnState: true }).apply(first!, { initialState: [h!, c!] });
    await check(functional({ inputs: a, outputs: second as SymbolicTensor[] }), [x]);
  });

  test('a stateful layer takes its states from outside', async () => {
    const model = sequential();
    model.add(lstm({ ...steps, stateful: true, batchInputShape: [BATCH, TIME, WIDTH] }) as never);
    const onnx = await layersModelToOnnx(model);
    const [given, ...states] = onnx.graph!.input.map(({ name }) => name) as [string, ...string[]];
    const [y, ...after] = onnx.graph!.output.map(({ name }) => name) as [string, ...string[]];
    const zeros = Object.fromEntries(states.map((name) => [name, floats([1, BATCH, 4], 1, 0)]));
    const xs = tensor(x.data, [...x.dims]);
    const expected = [model.predict(xs), model.predict(xs)] as Tensor[];
    const [one] = await runOnnx('onnxruntime-node', onnx, { ...zeros, [given]: x });
    const carried: Feeds = Object.fromEntries(states.map((name, k) => [name, one![after[k]!]!]));
    const [two] = await runOnnx('onnxruntime-node', onnx, { ...carried, [given]: x });
    expectAllClose(one![y]!.data, expected[0]!, { atol: 1e-5 });
    expectAllClose(two![y]!.data, expected[1]!, { atol: 1e-5 });
    const { states_: kept } = model.layers[0] as unknown as { states_: Tensor[] };
    dispose([xs, ...expected, ...kept]);
    model.dispose();
  });

  test('a model that was pruned', async () => {
    const model = sequential();
    model.add(lstm({ ...steps, units: 6, inputShape: [TIME, WIDTH] }) as never);
    model.add(lstm({ units: 5 }) as never);
    model.add(layers.dense({ units: 2 }));
    const [first, second] = model.layers;
    // Nothing reads units 1 and 4 of the first layer.
    const dead = (values: readonly Tensor[], at: number): Tensor[] =>
      values.map((value, k) => {
        const data = value.dataSync().slice();
        const columns = value.shape.at(-1)!;
        if (k === at) for (const row of [1, 4]) data.fill(0, row * columns, (row + 1) * columns);
        return tensor(data, value.shape);
      });
    const changed = [dead(first!.getWeights(), 1), dead(second!.getWeights(), 0)];
    first!.setWeights(changed[0]!);
    second!.setWeights(changed[1]!);
    dispose(changed.flat());
    const { model: smaller } = pruneLayersModel(model);
    expect(smaller.layers[0]!.getConfig()['units']).toBe(4);
    model.dispose();
    await check(smaller, [x]);
  });
});

describe('layersModelToOnnx says which layer it does not know', () => {
  const failing: Readonly<Record<string, [() => LayersModel, RegExp]>> = {
    'an embedding that masks': [
      () => {
        const model = sequential();
        const shape = { inputDim: 5, outputDim: 3, inputLength: 4 };
        model.add(layers.embedding({ ...shape, maskZero: true, name: 'masked' }));
        return model;
      },
      /"masked" \(Embedding\): expected an embedding without maskZero/,
    ],
    'a layer of no rule': [
      () => chain(layers.dense({ units: 2 }), layers.masking({ maskValue: 0, name: 'mask' })),
      /layersModelToOnnx: "mask" \(Masking\): expected a layer of InputLayer, /,
    ],
    'a layer that keeps its state, called twice': [
      () => {
        const given = input({ batchShape: [BATCH, TIME, WIDTH] });
        const kept = lstm({ units: WIDTH, ...steps, stateful: true, name: 'kept' });
        const twice = kept.apply(kept.apply(given)) as SymbolicTensor;
        return functional({ inputs: given, outputs: twice });
      },
      /expected a layer that keeps its state to be called once, found "kept\/h" again/,
    ],
    'an activation of a cell': [
      () => chain(lstm({ activation: 'selu', name: 'odd' })),
      /"odd" \(LSTM\): expected one of the activations relu, .* in its cell, found selu/,
    ],
  };
  test.each(Object.entries(failing))('%s', async (_, [make, message]) => {
    const model = make();
    await expect(layersModelToOnnx(model)).rejects.toThrow(OnnxError);
    await expect(layersModelToOnnx(model)).rejects.toThrow(message);
    model.dispose();
  });
});
