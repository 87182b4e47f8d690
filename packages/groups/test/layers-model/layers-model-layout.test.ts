import '@tensorflow/tfjs-backend-cpu';
import { setBackend, type Variable } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { smallGraphModel, unloadedGraphModel } from '@secateur/testing/graph-model';
import { stackedLstmLayout } from '@secateur/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  describeLayout,
  formatLayout,
  countParameters,
  GroupError,
  groupSize,
  issGroups,
  layersModelLayout,
  layoutShapes,
  layoutToJson,
  parseLayout,
  recurrentDims,
  type LayersModelLike,
  type Layout,
} from '../../src/index.ts';
import { apply, derive, weightsOf } from './derive.ts';
import { bidirectional, lstm } from './models.ts';
import { expectUnreadComponentsAreUnseen } from './unread.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

describe('layersModelLayout of sequential models', () => {
  test('finds the layout of a stacked language model', () => {
    const whole = sequential({
      layers: [
        layers.embedding({ name: 'emb_a', inputDim: 7, outputDim: 3, inputShape: [4] }),
        lstm({ name: 'one_a', units: 4, returnSequences: true }),
        layers.dropout({ rate: 0.5 }),
        lstm({ name: 'two_a', units: 5, returnSequences: true }),
        layers.timeDistributed({ name: 'head_a', layer: layers.dense({ units: 7 }) }),
        layers.activation({ activation: 'softmax' }),
      ],
    });
    const layout = derive(whole);
    expect(layoutToJson(layout)).toEqual({
      dims: { emb_a: 3, one_a: 4, two_a: 5 },
      weights: {
        'emb_a/embeddings': '7 -> emb_a [lookup]',
        'one_a/kernel': 'emb_a -> 4*one_a',
        'one_a/recurrent_kernel': 'one_a -> 4*one_a',
        'one_a/bias': '-> 4*one_a',
        'two_a/kernel': 'one_a -> 4*two_a',
        'two_a/recurrent_kernel': 'two_a -> 4*two_a',
        'two_a/bias': '-> 4*two_a',
        'head_a/kernel': 'two_a -> 7',
        'head_a/bias': '-> 7',
      },
    });
    expect(recurrentDims(layout)).toEqual(['one_a', 'two_a']);
    const same = stackedLstmLayout({ vocab: 7, embed: 3, hidden: [4, 5] });
    expect(countParameters(layout)).toBe(countParameters(same));
    expect(issGroups(layout).map((set) => groupSize(set, layoutShapes(layout)))).toEqual(
      issGroups(same).map((set) => groupSize(set, layoutShapes(same))),
    );
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('names every weight as its tf.Variable', () => {
    const whole = sequential({
      layers: [lstm({ units: 2, inputShape: [3, 2] }), layers.dense({ units: 1 })],
    });
    const names = whole.trainableWeights.map((weight) => (weight.read() as Variable).name);
    expect(Object.keys(derive(whole).weights)).toEqual(names);
  });

  test('reads both directions of a bidirectional layer one after the other', () => {
    const whole = sequential({
      layers: [
        bidirectional('bi_b', { units: 3, returnSequences: true, inputShape: [4, 2] }),
        bidirectional('bj_b', { units: 2 }),
        layers.dense({ name: 'head_b', units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({
      'bi_b/forward': 3,
      'bi_b/backward': 3,
      'bj_b/forward': 2,
      'bj_b/backward': 2,
    });
    expect(recurrentDims(layout)).toEqual(Object.keys(layout.dims));
    const kernels = Object.values(weightsOf(layout, 'bj_b')).filter((text) =>
      text.startsWith('bi_b'),
    );
    expect(kernels).toEqual([
      'bi_b/forward + bi_b/backward -> 4*bj_b/forward',
      'bi_b/forward + bi_b/backward -> 4*bj_b/backward',
    ]);
    expect(weightsOf(layout, 'head_b')).toEqual({
      kernel: 'bj_b/forward + bj_b/backward -> 1',
      bias: '-> 1',
    });
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test.each(['sum', 'ave', 'mul'] as const)('shares one dimension for merge mode %s', (mode) => {
    const whole = sequential({
      layers: [
        bidirectional(`bi_${mode}`, { units: 3, inputShape: [4, 2] }, mode),
        layers.dense({ units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ [`bi_${mode}/forward`]: 3 });
    const [set] = issGroups(layout);
    // Two directions of 4*(2+3) columns and rows of 12, and one row of the head.
    expect(groupSize(set!, layoutShapes(layout))).toBe(2 * (20 + 12) + 1);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('passes through layers that treat every feature on its own', () => {
    const whole = sequential({
      layers: [
        lstm({ name: 'one_c', units: 3, returnSequences: true, inputShape: [4, 2] }),
        layers.spatialDropout1d({ rate: 0.5 }),
        layers.gaussianNoise({ stddev: 1 }),
        layers.activation({ activation: 'relu' }),
        layers.leakyReLU({}),
        layers.timeDistributed({ layer: layers.activation({ activation: 'tanh' }) }),
        layers.maxPooling1d({ poolSize: 2 }),
        layers.globalMaxPooling1d({}),
        layers.repeatVector({ n: 2 }),
        lstm({ name: 'two_c', units: 2 }),
        layers.dense({ name: 'head_c', units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(weightsOf(layout, 'two_c')['kernel']).toBe('one_c -> 4*two_c');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('keeps an LSTM without a bias, and one hidden dense layer that is not recurrent', () => {
    const whole = sequential({
      layers: [
        lstm({ name: 'one_d', units: 3, useBias: false, inputShape: [4, 2] }),
        layers.dense({ name: 'mid_d', units: 4, activation: 'tanh' }),
        layers.dense({ name: 'out_d', units: 1, useBias: false }),
      ],
    });
    const layout = derive(whole);
    expect(layoutToJson(layout).weights).toEqual({
      'one_d/kernel': '2 -> 4*one_d',
      'one_d/recurrent_kernel': 'one_d -> 4*one_d',
      'mid_d/kernel': 'one_d -> mid_d',
      'mid_d/bias': '-> mid_d',
      'out_d/kernel': 'mid_d -> 1',
    });
    expect(recurrentDims(layout)).toEqual(['one_d']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });
});

describe('layersModelLayout and what must keep its width', () => {
  test('fixes an LSTM that is the output of the model', () => {
    const layout = derive(
      sequential({ layers: [lstm({ name: 'one_e', units: 3, inputShape: [4, 2] })] }),
    );
    expect(layout.dims).toEqual({});
    expect(weightsOf(layout, 'one_e')).toEqual({
      kernel: '2 -> 4*3',
      recurrent_kernel: '3 -> 4*3',
      bias: '-> 4*3',
    });
    expect(issGroups(layout)).toEqual([]);
  });

  test.each([
    ['reshape', () => layers.reshape({ targetShape: [6, 2] })],
    ['layer normalization', () => layers.layerNormalization({})],
    ['batch normalization over time', () => layers.batchNormalization({ axis: 1 })],
    ['softmax', () => layers.activation({ activation: 'softmax' })],
    ['a softmax layer', () => layers.softmax({})],
    ['masking', () => layers.masking({ maskValue: 0 })],
    ['permutation', () => layers.permute({ dims: [2, 1] })],
    [
      'softmax at every step',
      () => layers.timeDistributed({ layer: layers.activation({ activation: 'softmax' }) }),
    ],
    [
      'flattening of every step',
      () => layers.timeDistributed({ layer: layers.reshape({ targetShape: [3, 1] }) }),
    ],
  ])('fixes what goes into %s', (name, layer) => {
    const prefix = name.replace(/\W/g, '_');
    const whole = sequential({
      layers: [
        lstm({ name: `${prefix}_1`, units: 3, returnSequences: true, inputShape: [4, 2] }),
        layer(),
        layers.dense({ name: `${prefix}_2`, units: 2 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({});
    expect(weightsOf(layout, `${prefix}_1`)['kernel']).toBe('2 -> 4*3');
  });

  test('fixes features that an activation of their own layer mixes', () => {
    const whole = sequential({
      layers: [
        lstm({ units: 3, activation: 'softmax', returnSequences: true, inputShape: [4, 2] }),
        layers.dense({ units: 2, activation: 'softmax' }),
        layers.dense({ units: 2 }),
      ],
    });
    expect(derive(whole).dims).toEqual({});
  });

  test('a frozen weight is marked, and what it reads gets no group', () => {
    const frozen = lstm({ name: 'one_f', units: 3, inputShape: [4, 2], returnSequences: true });
    const whole = sequential({
      layers: [
        frozen,
        lstm({ name: 'two_f', units: 2 }),
        layers.dense({ name: 'head_f', units: 1 }),
      ],
    });
    frozen.trainable = false;
    const layout = derive(whole);
    expect(weightsOf(layout, 'one_f')['kernel']).toBe('2 -> 4*one_f [frozen]');
    expect(recurrentDims(layout)).toEqual(['one_f', 'two_f']);
    expect(issGroups(layout).map(({ name }) => name)).toEqual(['two_f']);
    expect(() => issGroups(layout, { dims: ['one_f'] })).toThrow(
      'issGroups: expected dimensions that only trained weights read, found "one_f", which "one_f/recurrent_kernel" reads and is frozen',
    );
  });
});

describe('layersModelLayout of functional models', () => {
  test('concatenates branches in order', () => {
    const x = input({ shape: [4, 2] });
    const a = apply(lstm({ name: 'a_g', units: 3 }), x);
    const b = apply(lstm({ name: 'b_g', units: 2 }), x);
    const both = apply(layers.concatenate(), a, b, a);
    const y = apply(layers.dense({ name: 'head_g', units: 1 }), both);
    const whole = model({ inputs: x, outputs: y });
    const layout = derive(whole);
    expect(weightsOf(layout, 'head_g')['kernel']).toBe('a_g + b_g + a_g -> 1');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('concatenates an input of fixed width', () => {
    const x = input({ shape: [4, 2] });
    const a = apply(lstm({ name: 'a_h', units: 3, returnSequences: true }), x);
    const both = apply(layers.concatenate(), x, a);
    const y = apply(lstm({ name: 'b_h', units: 2 }), both);
    const whole = model({ inputs: x, outputs: apply(layers.dense({ units: 1 }), y) });
    const layout = derive(whole);
    expect(weightsOf(layout, 'b_h')['kernel']).toBe('2 + a_h -> 4*b_h');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('concatenation along time makes two layers one dimension', () => {
    const x = input({ shape: [4, 2] });
    const a = apply(lstm({ name: 'a_i', units: 3, returnSequences: true }), x);
    const b = apply(lstm({ name: 'b_i', units: 3, returnSequences: true }), x);
    const y = apply(lstm({ units: 2, name: 'c_i' }), apply(layers.concatenate({ axis: 1 }), a, b));
    const whole = model({ inputs: x, outputs: apply(layers.dense({ units: 1 }), y) });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ a_i: 3, c_i: 2 });
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test.each([
    ['add', () => layers.add()],
    ['average', () => layers.average()],
    ['maximum', () => layers.maximum()],
    ['minimum', () => layers.minimum()],
    ['multiply', () => layers.multiply()],
  ])('branches that meet in %s are one dimension', (name, merge) => {
    const x = input({ shape: [4, 2] });
    const a = apply(lstm({ name: `a_${name}`, units: 3, returnSequences: true }), x);
    const b = apply(lstm({ name: `b_${name}`, units: 3, returnSequences: true }), a);
    const sum = apply(merge(), a, b);
    const whole = model({
      inputs: x,
      outputs: apply(layers.dense({ name: `c_${name}`, units: 1 }), sum),
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ [`a_${name}`]: 3 });
    expect(weightsOf(layout, `b_${name}`)['kernel']).toBe(`a_${name} -> 4*a_${name}`);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('an embedding that is added to a layer becomes part of its groups', () => {
    const ids = input({ shape: [4], name: 'ids_j' });
    const e = apply(layers.embedding({ name: 'e_j', inputDim: 3, outputDim: 2 }), ids);
    const a = apply(lstm({ name: 'a_j', units: 2, returnSequences: true }), e);
    const sum = apply(layers.add(), e, a);
    const whole = model({ inputs: ids, outputs: apply(layers.dense({ units: 1 }), sum) });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ e_j: 2 });
    expect(recurrentDims(layout)).toEqual(['e_j']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('adding an input fixes the layer that it is added to', () => {
    const x = input({ shape: [4, 3] });
    const a = apply(lstm({ name: 'a_k', units: 3, returnSequences: true }), x);
    const sum = apply(layers.add(), a, x);
    const layout = derive(model({ inputs: x, outputs: apply(layers.dense({ units: 1 }), sum) }));
    expect(layout.dims).toEqual({});
  });

  test('fixes what is added across different cuts, or broadcast', () => {
    const x = input({ shape: [4, 2] });
    const pair = apply(bidirectional('bi_l', { units: 2, returnSequences: true }), x);
    const one = apply(lstm({ name: 'a_l', units: 4, returnSequences: true }), x);
    const narrow = apply(lstm({ name: 'b_l', units: 1, returnSequences: true }), x);
    const sum = apply(layers.add(), pair, one);
    const free = apply(lstm({ name: 'c_l', units: 2 }), apply(layers.multiply(), sum, narrow));
    const layout = derive(model({ inputs: x, outputs: apply(layers.dense({ units: 1 }), free) }));
    expect(layout.dims).toEqual({ c_l: 2 });
  });

  test('a layer that two producers share makes them one dimension', () => {
    const x = input({ shape: [4, 2] });
    const z = input({ shape: [5, 3] });
    const shared = lstm({ name: 's_m', units: 2 });
    const a = apply(shared, apply(lstm({ name: 'a_m', units: 3, returnSequences: true }), x));
    const b = apply(shared, apply(lstm({ name: 'b_m', units: 3, returnSequences: true }), z));
    const head = layers.dense({ name: 'h_m', units: 2, activation: 'tanh' });
    const joined = apply(layers.concatenate(), apply(head, a), apply(head, b));
    const whole = model({
      inputs: [x, z],
      outputs: apply(layers.dense({ name: 'o_m', units: 1 }), joined),
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ a_m: 3, s_m: 2, h_m: 2 });
    expect(weightsOf(layout, 'b_m')['kernel']).toBe('3 -> 4*a_m');
    expect(weightsOf(layout, 'o_m')['kernel']).toBe('2*h_m -> 1');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('a shared layer that also reads an input fixes its other producer', () => {
    const x = input({ shape: [4, 3] });
    const shared = lstm({ name: 's_n', units: 2 });
    const a = apply(lstm({ name: 'a_n', units: 3, returnSequences: true }), x);
    const joined = apply(layers.concatenate(), apply(shared, a), apply(shared, x));
    const layout = derive(model({ inputs: x, outputs: apply(layers.dense({ units: 1 }), joined) }));
    expect(layout.dims).toEqual({ s_n: 2 });
  });

  test('an encoder that hands its state on shares its dimension with the decoder', () => {
    const x = input({ shape: [4, 2] });
    const z = input({ shape: [5, 2] });
    const encoder = lstm({ name: 'enc_o', units: 3, returnState: true });
    const [, h, c] = encoder.apply(x) as SymbolicTensor[];
    const decoder = lstm({ name: 'dec_o', units: 3 });
    const y = decoder.apply(z, { initialState: [h!, c!] }) as SymbolicTensor;
    const whole = model({ inputs: [x, z], outputs: apply(layers.dense({ units: 1 }), y) });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ enc_o: 3 });
    expect(weightsOf(layout, 'dec_o')['kernel']).toBe('2 -> 4*enc_o');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('a bidirectional encoder hands each direction to its own direction', () => {
    const x = input({ shape: [4, 2] });
    const z = input({ shape: [5, 2] });
    const encoder = bidirectional('enc_q', { units: 3, returnState: true });
    const [, ...states] = encoder.apply(x) as SymbolicTensor[];
    const decoder = bidirectional('dec_q', { units: 3 });
    const y = decoder.apply(z, { initialState: states }) as SymbolicTensor;
    const whole = model({
      inputs: [x, z],
      outputs: apply(layers.dense({ name: 'h_q', units: 1 }), y),
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ 'enc_q/forward': 3, 'enc_q/backward': 3 });
    expect(weightsOf(layout, 'h_q')['kernel']).toBe('enc_q/forward + enc_q/backward -> 1');
  });

  test('directions that are not merged stay apart', () => {
    const x = input({ shape: [4, 2] });
    const layer = layers.bidirectional({
      name: 'bi_r',
      layer: lstm({ units: 3 }),
      mergeMode: null as unknown as 'concat',
    });
    const [one, two] = layer.apply(x) as SymbolicTensor[];
    const a = apply(layers.dense({ name: 'a_r', units: 1 }), one!);
    const b = apply(layers.dense({ name: 'b_r', units: 1 }), two!);
    const layout = derive(model({ inputs: x, outputs: [a, b] }));
    expect(weightsOf(layout, 'a_r')['kernel']).toBe('bi_r/forward -> 1');
    expect(weightsOf(layout, 'b_r')['kernel']).toBe('bi_r/backward -> 1');
  });

  test('a returned state that is an output keeps its width', () => {
    const x = input({ shape: [4, 2] });
    const [out, , c] = lstm({ units: 3, returnState: true }).apply(x) as SymbolicTensor[];
    const y = apply(layers.dense({ units: 1 }), out!);
    expect(derive(model({ inputs: x, outputs: [y, c!] })).dims).toEqual({});
  });

  test('looks into models that are layers', () => {
    const inner = sequential({
      name: 'inner_p',
      layers: [
        lstm({ name: 'a_p', units: 3, returnSequences: true, inputShape: [4, 2] }),
        layers.dropout({ rate: 0.1 }),
      ],
    });
    const whole = sequential({
      layers: [inner, lstm({ name: 'b_p', units: 2 }), layers.dense({ name: 'c_p', units: 1 })],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ a_p: 3, b_p: 2 });
    expect(weightsOf(layout, 'b_p')['kernel']).toBe('a_p -> 4*b_p');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('turns layer names into names of the notation, each once', () => {
    const x = input({ shape: [4, 2] });
    const a = apply(lstm({ name: '1a', units: 2, returnSequences: true }), x);
    const b = apply(lstm({ name: 'b-c', units: 2, returnSequences: true }), a);
    const c = apply(bidirectional('d', { units: 3, returnSequences: true }), b);
    const d = apply(lstm({ name: 'd/forward', units: 4 }), c);
    const layout = derive(model({ inputs: x, outputs: apply(layers.dense({ units: 1 }), d) }));
    expect(layout.dims).toEqual({
      _1a: 2,
      'b-c': 2,
      'd/forward': 3,
      'd/backward': 3,
      'd/forward_2': 4,
    });
    expect(parseLayout(formatLayout(layout))).toEqual(layout);
  });
});

describe('layersModelLayout and what is no model', () => {
  test('refuses unbuilt models, other values and models without weights', () => {
    const unbuilt = sequential();
    unbuilt.add(layers.dense({ units: 1, inputShape: [2] }));
    expect(() => layersModelLayout(unbuilt)).not.toThrow();
    expect(() => layersModelLayout({} as LayersModelLike)).toThrow(GroupError);
    expect(() => layersModelLayout({} as LayersModelLike)).toThrow(
      'layersModelLayout: expected a built tf.LayersModel, found another object; give the first layer an inputShape or call build()',
    );

    const x = input({ shape: [2] });
    const empty = model({
      inputs: x,
      outputs: apply(layers.activation({ activation: 'relu' }), x),
    });
    expect(() => layersModelLayout(empty)).toThrow(
      'layersModelLayout: expected a model with weights, found none',
    );
  });

  test('says of a tf.GraphModel what it is and what to do, also in place of a layout', async () => {
    const graph = await smallGraphModel();
    const advice =
      'found a tf.GraphModel, which is a graph of operations without layers and cannot be trained; convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model, load it with tf.loadLayersModel, and pass that to layersModelLayout';
    for (const found of [graph, unloadedGraphModel()]) {
      expect(() => layersModelLayout(found as unknown as LayersModelLike)).toThrow(
        `layersModelLayout: expected a built tf.LayersModel, ${advice}`,
      );
      expect(() => issGroups(found as unknown as Layout)).toThrow(
        `issGroups: expected a layout, ${advice}`,
      );
      expect(() => describeLayout(found as unknown as Layout)).toThrow(GroupError);
    }
    graph.dispose();
  });

  test('says how to come from a tf.LayersModel to the layout that is asked for', () => {
    const whole = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    expect(() => issGroups(whole as unknown as Layout)).toThrow(
      'issGroups: expected a layout, found a tf.LayersModel; make its layout with layersModelLayout',
    );
  });
});
