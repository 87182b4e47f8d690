import { describe, expect, test } from 'vitest';
import { kerasToTfjs, PrunerError } from '@secateur/pruner';

type Json = Record<string, unknown>;

const layer = (kind: string, name: string, config: Json = {}, more: Json = {}): Json => ({
  class_name: kind,
  config: { name, ...config },
  ...more,
});
const first = layer('InputLayer', 'x', { batch_shape: [null, 5, 2] });

/** A model.json of these layers in a row, and weights of these names. */
function modelJson(layers: Json[], weights: string[] = [], version: string | undefined = '3.15.1') {
  return {
    format: 'layers-model',
    modelTopology: {
      ...(version === undefined ? {} : { keras_version: version }),
      model_config: { class_name: 'Sequential', config: { name: 'net', layers } },
    },
    weightsManifest: [
      {
        paths: ['w.bin'],
        weights: weights.map((name) => ({ name, shape: [1], dtype: 'float32' })),
      },
    ],
  };
}

/** The layers of the converted model. */
function converted(layers: Json[], version?: string): Json[] {
  const { modelTopology } = kerasToTfjs(modelJson([first, ...layers], [], version));
  return modelTopology.model_config.config.layers.slice(1);
}

const namesOf = (layers: Json[], weights: string[], version?: string): string[] =>
  kerasToTfjs(modelJson([first, ...layers], weights, version)).weightsManifest[0]!.weights.map(
    ({ name }) => name,
  );

const refused = (layers: Json[], version?: string) => () => converted(layers, version);

describe('kerasToTfjs', () => {
  test('hands on what TensorFlow.js wrote', () => {
    const json = modelJson([first], ['gru/kernel'], 'tfjs-layers 4.22.0');
    expect(kerasToTfjs(json)).toBe(json);
  });

  test('leaves its argument as it was', () => {
    const json = modelJson(
      [first, layer('LeakyReLU', 'l', { negative_slope: 0.2 })],
      ['net/l/alpha'],
    );
    const before = structuredClone(json);
    kerasToTfjs(json);
    expect(json).toEqual(before);
  });

  test('refuses what has no topology', () => {
    expect(() => kerasToTfjs({ format: 'graph-model' })).toThrow(PrunerError);
    expect(() => kerasToTfjs({ format: 'graph-model' })).toThrow(
      'kerasToTfjs: expected a parsed model.json with a modelTopology, found keys format; is it a layers model?',
    );
  });
});

describe('settings', () => {
  test('get the names and the forms of TensorFlow.js', () => {
    const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } };
    const regularizer = { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.1 } };
    const dense = {
      dtype: policy,
      units: 2,
      activation: 'silu',
      kernel_regularizer: regularizer,
      quantization_config: null,
    };
    expect(converted([layer('Dense', 'd', dense, { registered_name: null })])).toEqual([
      {
        class_name: 'Dense',
        config: {
          name: 'd',
          dtype: 'float32',
          units: 2,
          activation: 'swish',
          kernel_regularizer: { class_name: 'L1L2', config: { l2: 0.1 } },
        },
      },
    ]);
    expect(converted([layer('LeakyReLU', 'l', { negative_slope: 0.2 })])[0]).toEqual(
      layer('LeakyReLU', 'l', { alpha: 0.2 }),
    );
  });

  test('of a mixed policy are float32, as weights are; other types are refused', () => {
    const policy = (name: string) => ({
      dtype: { class_name: 'DTypePolicy', config: { name } },
    });
    const [dense] = converted([layer('Dense', 'd', policy('mixed_bfloat16'))]);
    expect(dense!['config']).toMatchObject({ dtype: 'float32' });
    expect(refused([layer('Dense', 'd', policy('float16'))])).toThrow(
      'kerasToTfjs: expected float32 as the dtype of "d" (Dense), found "float16"',
    );
  });

  test.each<[string, Json, string]>([
    [
      'GlobalMaxPooling1D',
      { keepdims: true },
      'expected keepdims false in "l" (GlobalMaxPooling1D)',
    ],
    ['ReLU', { negative_slope: 0.1 }, 'expected negative_slope 0 in "l" (ReLU)'],
    ['Conv1D', { groups: 2 }, 'expected groups 1 in "l" (Conv1D)'],
    ['MaxPooling1D', { data_format: 'channels_first' }, 'expected data_format "channels_last"'],
    ['LayerNormalization', { rms_scaling: true }, 'expected rms_scaling false'],
  ])('that TensorFlow.js would pass over are refused: %s %o', (kind, config, message) => {
    expect(refused([layer(kind, 'l', config)])).toThrow(message);
  });

  test('of hard_sigmoid are refused from Keras 3, which means another function', () => {
    const lstm = layer('LSTM', 'l', { recurrent_activation: 'hard_sigmoid' });
    expect(refused([lstm])).toThrow(
      'as recurrent_activation of "l" (LSTM), found hard_sigmoid: Keras 3 computes x / 6 + 0.5 within 0 and 1, TensorFlow.js and Keras 2 compute 0.2 x + 0.5.',
    );
    expect(converted([lstm], '2.15.0')[0]).toEqual(lstm);
    const wrapped = layer('TimeDistributed', 't', {
      layer: layer('Dense', 'd', { activation: 'hard_sigmoid' }),
    });
    expect(refused([wrapped])).toThrow('as activation of "d" (Dense)');
  });

  test('of masks that give zeros are refused where something masks', () => {
    const inner = layer('LSTM', 'forward_l', {
      return_sequences: true,
      zero_output_for_mask: true,
    });
    const masking = layer('Masking', 'mask', { mask_value: 0 });
    expect(() => converted([inner])).not.toThrow();
    expect(refused([masking, inner])).toThrow(
      'expected steps that "mask" (Masking) masks to repeat the output before them in "forward_l" (LSTM)',
    );
  });

  test.each(['2.15.0', '3.15.1'])('of what masks change are refused, Keras %s', (version) => {
    const embedding = (mask: boolean) => layer('Embedding', 'e', { mask_zero: mask });
    const pool = layer('GlobalAveragePooling1D', 'p');
    const both = (sequences: boolean) =>
      layer('Bidirectional', 'both', {
        layer: layer('LSTM', 'forward_l', { return_sequences: sequences }),
      });
    const refusal = (...layers: Json[]) => {
      return () => converted(layers, version);
    };
    expect(refusal(embedding(true), pool)).toThrow(
      'expected no mean over steps that "e" (Embedding) masks, found "p" (GlobalAveragePooling1D): in Keras it leaves them out, in TensorFlow.js it does not; take the mean outside of the model, or train it without masks.',
    );
    expect(refusal(embedding(true), both(true))).toThrow(
      'expected steps that "e" (Embedding) masks to repeat the output before them in "both" (Bidirectional), as they do in TensorFlow.js, found return_sequences true, with which Keras gives zeros there; have it give its last step only, or train it without masks.',
    );
    expect(refusal(embedding(true), both(false))).not.toThrow();
    expect(refusal(embedding(false), both(true), pool)).not.toThrow();
  });

  test.each(['2.15.0', '3.15.1'])(
    'of masked steps that recurrent layers alone read are taken, Keras %s',
    (version) => {
      const lstm = (name: string) =>
        layer('LSTM', name, { return_sequences: true, zero_output_for_mask: true });
      const embedding = layer('Embedding', 'e', { mask_zero: true });
      const both = layer('Bidirectional', 'both', {
        ...{ layer: lstm('forward_l'), backward_layer: null },
      });
      const drop = layer('SpatialDropout1D', 'd', { rate: 0.5 });
      const last = layer('GRU', 'g', { units: 2, reset_after: false });
      const taken = (...layers: Json[]) => {
        return () => converted([embedding, ...layers], version);
      };
      for (const first of [both, lstm('l')]) {
        expect(taken(first, last)).not.toThrow();
        expect(taken(first, drop, drop, last)).not.toThrow();
        for (const others of [[], [drop], [layer('GlobalMaxPooling1D', 'm')]])
          expect(taken(first, ...others)).toThrow('expected steps that "e" (Embedding) masks');
        expect(taken(first, layer('Dense', 'm'), last)).toThrow('expected steps that');
      }
      const net = layer('Sequential', 'net', { layers: [both, layer('Dense', 'm'), both] });
      expect(taken(net, last)).toThrow('expected steps that');
      expect(taken(both, last, layer('GlobalAveragePooling1D', 'p'))).toThrow('expected no mean');
    },
  );

  test('of a GRU with reset_after make the layer of @secateur/cells, in all versions and places', () => {
    const gru = (kind: string, name: string) => layer(kind, name, { units: 3, reset_after: true });
    const kinds = (layers: Json[], version?: string) =>
      JSON.stringify(converted(layers, version)).match(/(ResetAfter)?GRU(Cell)?"/g);
    for (const version of ['2.15.0', '3.15.1']) {
      expect(kinds([gru('GRU', 'g')], version)).toEqual(['ResetAfterGRU"']);
      const both = layer('Bidirectional', 'b', { layer: gru('GRU', 'forward_g') });
      expect(kinds([both], version)).toEqual(['ResetAfterGRU"']);
      const cells = layer('StackedRNNCells', 's', { cells: [gru('GRUCell', 'c')] });
      expect(kinds([layer('RNN', 'r', { cell: cells })], version)).toEqual(['ResetAfterGRUCell"']);
    }
    expect(kinds([layer('GRU', 'g', { reset_after: false })])).toEqual(['GRU"']);
  });

  test('of another backward layer are refused', () => {
    const lstm = (name: string, more: Json) => layer('LSTM', name, { units: 3, ...more });
    const both = (backward: Json) =>
      layer('Bidirectional', 'both', {
        layer: lstm('forward_l', { go_backwards: false }),
        backward_layer: backward,
      });
    const [one] = converted([both(lstm('backward_l', { go_backwards: true, seed: 3 }))]);
    expect(one).toEqual(
      layer('Bidirectional', 'both', { layer: lstm('l', { go_backwards: false }) }),
    );
    for (const other of [
      lstm('b', { go_backwards: true, units: 4 }),
      lstm('b', { go_backwards: true, activation: 'relu' }),
      lstm('b', { go_backwards: false }),
      layer('GRU', 'b', { units: 3, go_backwards: true }),
    ]) {
      expect(refused([both(other)])).toThrow(
        'expected a backward layer in "both" (Bidirectional) that is the forward one turned round',
      );
    }
  });

  test('of a Sequential without an input layer get the shape that it was built for', () => {
    const model = {
      class_name: 'Sequential',
      config: { name: 'net', layers: [layer('Dense', 'd')], build_input_shape: [null, 4] },
    };
    const json = { modelTopology: { keras_version: '3.1.0', model_config: model } };
    expect(kerasToTfjs(json).modelTopology.model_config.config.layers[0]!['config']).toEqual({
      name: 'd',
      batch_input_shape: [null, 4],
    });
  });
});

describe('calls', () => {
  const tensor = (...history: unknown[]) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 2], dtype: 'float32', keras_history: history },
  });
  const graph = (layers: Json[], ends: Json = {}) => ({
    modelTopology: {
      keras_version: '3.15.1',
      model_config: {
        class_name: 'Functional',
        config: {
          ...{ name: 'g', layers, input_layers: ['x', 0, 0], output_layers: [['a', 0, 0]] },
          ...ends,
        },
      },
    },
  });
  const call = (args: unknown[], kwargs: Json = {}): Json => ({
    inbound_nodes: [{ args, kwargs }],
  });
  const configOf = (json: ReturnType<typeof graph>) =>
    kerasToTfjs(json).modelTopology.model_config.config;

  test('become lists of places, states among them', () => {
    const gru = layer(
      'LSTM',
      'a',
      {},
      {
        name: 'a',
        ...call([tensor('x', 0, 0)], {
          initial_state: [tensor('s', 0, 0), tensor('s', 0, 1)],
          mask: null,
          training: false,
        }),
      },
    );
    const add = layer(
      'Add',
      'b',
      {},
      { name: 'b', ...call([[tensor('a', 0, 0), tensor('a', 1, 2)]]) },
    );
    const { layers, input_layers: inputs, output_layers: outputs } = configOf(graph([gru, add]));
    expect(layers.map(({ inbound_nodes: calls }) => calls)).toEqual([
      [
        [
          ['x', 0, 0, {}],
          ['s', 0, 0, {}],
          ['s', 0, 1, {}],
        ],
      ],
      [
        [
          ['a', 0, 0, {}],
          ['a', 1, 2, {}],
        ],
      ],
    ]);
    expect([inputs, outputs]).toEqual([[['x', 0, 0]], [['a', 0, 0]]]);
  });

  test('of models are counted from 1, as TensorFlow.js counts them', () => {
    const inner = layer(
      'Sequential',
      'inner',
      { layers: [first] },
      { name: 'inner', ...call([tensor('x', 0, 0)]) },
    );
    const last = layer('Dense', 'a', {}, { name: 'a', ...call([tensor('inner', 0, 0)]) });
    const ends = { output_layers: ['inner', 1, 0] };
    const { layers, output_layers: outputs } = configOf(graph([inner, last], ends));
    expect(layers[1]!['inbound_nodes']).toEqual([[['inner', 1, 0, {}]]]);
    expect(outputs).toEqual([['inner', 2, 0]]);
  });

  test('that show who reads masked steps are taken where recurrent layers alone do', () => {
    const read = (kind: string, name: string, from: string[], config: Json = {}) =>
      layer(kind, name, config, {
        ...{ name, ...call(from.map((each) => tensor(each, 0, 0))) },
      });
    const lstm = layer('LSTM', 'forward_l', { return_sequences: true });
    const start = [
      read('Embedding', 'e', ['x'], { mask_zero: true }),
      read('Bidirectional', 'b', ['e'], { layer: lstm }),
      read('Dropout', 'd', ['b']),
      read('LSTM', 'a', ['d']),
    ];
    const taken = (more: Json[], ends?: Json) => () => configOf(graph([...start, ...more], ends));
    expect(taken([])).not.toThrow();
    expect(taken([read('GRU', 'c', ['b'])])).not.toThrow();
    const refusal = 'expected steps that "e" (Embedding) masks';
    expect(taken([read('GlobalMaxPooling1D', 'm', ['d'])])).toThrow(refusal);
    expect(taken([read('LSTM', 'c', ['b', 's'])])).toThrow(refusal);
    expect(taken([], { output_layers: [['d', 0, 0]] })).toThrow(refusal);
    const circle = [
      read('Bidirectional', 'c', ['e'], { layer: lstm }),
      read('Dropout', 'o', ['o']),
    ];
    expect(taken([...circle, read('Dropout', 'c', ['c'])])).toThrow(refusal);
    // Keras 3 writes one end without a list around it.
    expect(taken([], { output_layers: ['b', 0, 0] })).toThrow(refusal);
  });

  test('with other arguments are refused', () => {
    const masked = layer(
      'LSTM',
      'a',
      {},
      { name: 'a', ...call([tensor('x', 0, 0)], { mask: tensor('m', 0, 0) }) },
    );
    expect(() => configOf(graph([masked]))).toThrow(
      'kerasToTfjs: expected a call of "a" (LSTM) with its inputs alone, found the argument mask',
    );
  });

  test('and ends in a dictionary are refused', () => {
    expect(() => configOf(graph([], { input_layers: { x: ['x', 0, 0] } }))).toThrow(
      'expected inputs and outputs of "g" (Functional) as a list, found {"x":["x",0,0]}',
    );
  });
});

describe('names of weights', () => {
  const lstm = layer('LSTM', 'rnn');
  const both = layer('Bidirectional', 'both', { layer: layer('GRU', 'forward_g') });
  const each = layer('TimeDistributed', 'each', { layer: layer('Dense', 'inside') });
  const cells = layer('StackedRNNCells', 's', {
    cells: [layer('LSTMCell', 'c'), layer('GRUCell', 'd')],
  });

  test.each<[string, string, Json[]]>([
    ['net/rnn/lstm_cell/kernel', 'rnn/kernel', [lstm]],
    ['rnn/lstm_cell_3/recurrent_kernel:0', 'rnn/recurrent_kernel', [lstm]],
    ['rnn/bias', 'rnn/bias', [lstm]],
    ['net/both/forward_g/gru_cell/bias', 'both/forward_g/bias', [both]],
    ['both/backward_g/gru_cell/kernel', 'both/backward_g/kernel', [both]],
    ['net/each/inside/kernel', 'each/kernel', [each]],
    ['net/stack/s/d/bias', 'stack/RNNCell_1/bias', [layer('RNN', 'stack', { cell: cells })]],
    ['net/one/c/bias', 'one/bias', [layer('RNN', 'one', { cell: layer('LSTMCell', 'c') })]],
    [
      'a/b/inner/d/bias',
      'd/bias',
      [layer('Sequential', 'inner', { layers: [layer('Dense', 'd')] })],
    ],
    ['net/deep/kernel', 'deep/depthwise_kernel', [layer('DepthwiseConv2D', 'deep')]],
    // The model has the name of one of its layers: only an LSTM has a cell.
    ['dense/rnn/lstm_cell/bias', 'rnn/bias', [lstm, layer('Dense', 'dense')]],
    ['layers/lstm/cell/vars/1', 'rnn/recurrent_kernel', [lstm]],
    ['layers/dense_1/vars/1', 'b/bias', [layer('Dense', 'a'), layer('Dense', 'b')]],
    ['layers/bidirectional/backward_layer/cell/vars/2', 'both/backward_g/bias', [both]],
    ['layers/time_distributed/layer/vars/0', 'each/kernel', [each]],
    [
      'layers/rnn/cell/cells/gru_cell/vars/0',
      'stack/RNNCell_1/kernel',
      [layer('RNN', 'stack', { cell: cells })],
    ],
    [
      'layers/sequential/layers/dense/vars/0',
      'd/kernel',
      [layer('Dense', 'a'), layer('Sequential', 'inner', { layers: [layer('Dense', 'd')] })],
    ],
    [
      'layers/batch_normalization/vars/0',
      'n/beta',
      [layer('BatchNormalization', 'n', { scale: false })],
    ],
  ])('%s is %s', (name, expected, layers) => {
    expect(namesOf(layers, [name])).toEqual([expected]);
  });

  test('that fit no layer are handed on', () => {
    const own = ['mine/deep/matrix', 'layers/mine/vars/0'];
    expect(namesOf([lstm], own)).toEqual(own);
  });

  test("of Keras 2 are TensorFlow.js's own", () => {
    expect(namesOf([lstm], ['net/rnn/kernel'], '2.15.0')).toEqual(['net/rnn/kernel']);
  });

  test('are found in a file that does not say its version', () => {
    expect(namesOf([lstm], ['net/rnn/lstm_cell/kernel'], undefined)).toEqual(['rnn/kernel']);
  });

  test('that fit two layers are refused', () => {
    const wide = layer('TimeDistributed', 'a', { layer: layer('Dense', 'b') });
    expect(() => namesOf([wide, layer('Dense', 'b')], ['a/b/kernel'])).toThrow(
      'kerasToTfjs: expected one layer to which the weight "a/b/kernel" belongs, found a/kernel and b/kernel; give the layers other names.',
    );
  });

  test('of two layers with one name are refused', () => {
    const models = ['m', 'n'].map((name) =>
      layer('Sequential', name, { layers: [layer('Dense', 'd')] }),
    );
    expect(() => namesOf(models, ['m/d/kernel', 'n/d/kernel'])).toThrow(
      'kerasToTfjs: expected one weight for "d/kernel", found "m/d/kernel" and "n/d/kernel"; TensorFlow.js needs another name for each layer.',
    );
  });
});
