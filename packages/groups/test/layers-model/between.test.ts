// What stands between recurrent layers, and what reads them by index.
import { input, layers, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { countMacs, issGroups, layersModelLayout, recurrentDims } from '../../src/index.ts';
import { apply, derive, weightsOf } from './derive.ts';
import { expectUnreadComponentsAreUnseen } from './unread.ts';

const zeros = 'zeros' as const;
const lstm = (name: string, units: number, more: object = {}) =>
  layers.lstm({ name, units, recurrentInitializer: zeros, returnSequences: true, ...more });
/** `first` (3 units, 4 steps), what the test is about, `last` (2 units) and a dense layer. */
const between = (prefix: string, ...middle: never[]) =>
  sequential({
    layers: [
      lstm(`${prefix}_first`, 3, { inputShape: [4, 2] }),
      ...middle,
      lstm(`${prefix}_last`, 2, { returnSequences: false }),
      layers.dense({ name: `${prefix}_head`, units: 1 }),
    ],
  });

describe('layersModelLayout and layers that act on each feature alone', () => {
  test('batch normalization has a value a feature in each of its weights', () => {
    const whole = between('bn', layers.batchNormalization({ name: 'bn_norm' }) as never);
    const layout = derive(whole);
    expect(weightsOf(layout, 'bn_norm')).toEqual({
      gamma: '-> bn_first',
      beta: '-> bn_first',
      moving_mean: '-> bn_first [frozen]',
      moving_variance: '-> bn_first [frozen]',
    });
    expect(issGroups(layout).map(({ name }) => name)).toEqual(['bn_first', 'bn_last']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test.each([
    ['a slope for each step', {}, '-> 4, pr_0_first [unpenalized]'],
    ['one slope for all steps', { sharedAxes: [1] }, '-> 1, pr_1_first [unpenalized]'],
    ['one slope for everything', { sharedAxes: [1, 2] }, '-> 1, 1 [unpenalized]'],
  ])('PReLU with %s', (_, options, text) => {
    const prefix = /pr_\d/.exec(text)?.[0] ?? 'pr_2';
    const whole = between(prefix, layers.prelu({ name: `${prefix}_prelu`, ...options }) as never);
    const layout = derive(whole);
    expect(weightsOf(layout, `${prefix}_prelu`)).toEqual({ alpha: text });
    expect(recurrentDims(layout)).toEqual([`${prefix}_first`, `${prefix}_last`]);
    // Slopes are in no product: kernels and recurrent kernels of both, and the head.
    expect(countMacs(layout)).toBe(2 * 12 + 3 * 12 + 3 * 8 + 2 * 8 + 2);
    expectUnreadComponentsAreUnseen(whole, layout);
  });
});

describe('layersModelLayout and a TimeDistributed without weights', () => {
  test('keeps to one width in all its calls', () => {
    const x = input({ shape: [4, 3] });
    const shared = layers.timeDistributed({ layer: layers.dropout({ rate: 0.1 }), name: 'td' });
    const a = apply(shared, apply(lstm('td_a', 3), x));
    const heads = [a, apply(shared, x)].map((tensor, i) =>
      apply(layers.dense({ name: `td_head${i}`, units: 1 }), tensor),
    );
    const { layout, notes } = layersModelLayout(model({ inputs: x, outputs: heads }), {
      explain: true,
    });
    expect(layout.dims).toEqual({});
    expect(notes).toEqual([
      expect.stringMatching(
        /^"td_a" \(LSTM\) keeps its units: "td" \(TimeDistributed\) lines it up with the model's input/,
      ),
    ]);
  });
});

describe('layersModelLayout and layers that read features by index', () => {
  test('a convolution over time reads them at each position of its kernel', () => {
    const conv = layers.conv1d({ name: 'cv_conv', filters: 5, kernelSize: 2, activation: 'tanh' });
    const whole = between('cv', conv as never);
    const layout = derive(whole);
    expect(weightsOf(layout, 'cv_conv')).toEqual({
      kernel: '2, cv_first -> cv_conv',
      bias: '-> cv_conv',
    });
    expect(recurrentDims(layout)).toEqual(['cv_first', 'cv_last']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('a dense layer after Flatten reads the features of every step', () => {
    const whole = sequential({
      layers: [
        lstm('fl_only', 3, { inputShape: [4, 2] }),
        layers.flatten({}),
        layers.dense({ name: 'fl_head', units: 2 }),
      ],
    });
    const layout = derive(whole);
    expect(weightsOf(layout, 'fl_head')['kernel']).toBe('4*fl_only -> 2');
    expect(
      issGroups(layout)[0]!.slices.filter(({ weight }) => weight === 'fl_head/kernel'),
    ).toEqual(
      [0, 3, 6, 9].map((start) => ({ weight: 'fl_head/kernel', axis: 0, start, multiplier: 1 })),
    );
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('Flatten of two that are joined keeps their order', () => {
    const x = input({ shape: [2, 2] });
    const a = apply(lstm('fj_a', 3), x);
    const b = apply(lstm('fj_b', 2), x);
    const flat = apply(layers.flatten({}), apply(layers.concatenate(), a, b));
    const whole = model({
      inputs: x,
      outputs: apply(layers.dense({ name: 'fj_head', units: 1 }), flat),
    });
    const layout = derive(whole);
    expect(weightsOf(layout, 'fj_head')['kernel']).toBe('2*(fj_a + fj_b) -> 1');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test.each([
    ['into more steps of the same width', [2, 2, 3], undefined],
    ['of two steps side by side', [2, 6], '2*rs_1 -> 2'],
    ['of all steps side by side', [12], '4*rs_2 -> 2'],
  ])('Reshape %s', (_, targetShape, kernel) => {
    const name = `rs_${3 - targetShape.length}`;
    const whole = sequential({
      layers: [
        lstm(name, 3, { inputShape: [4, 2] }),
        layers.reshape({ targetShape }),
        layers.dense({ name: `${name}_head`, units: 2 }),
      ],
    });
    const layout = derive(whole);
    expect(weightsOf(layout, `${name}_head`)['kernel']).toBe(kernel ?? `${name} -> 2`);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test.each([
    ['Reshape', 'sr', () => layers.reshape({ targetShape: [1, 12] }), '4*'],
    [
      'Dropout of shaped noise',
      'sd',
      () => layers.dropout({ rate: 0.5, noiseShape: [1, 1, 3] }),
      '',
    ],
  ])(
    'a shared %s, which has one setting, makes one dimension of what it is called on',
    (_, prefix, make, times) => {
      const given = input({ shape: [4, 2] });
      const shared = make();
      const names = [`${prefix}_a`, `${prefix}_b`];
      const heads = names.map((name) => {
        const called = apply(shared, apply(lstm(name, 3), given));
        return apply(layers.dense({ name: `${name}_head`, units: 2 }), called);
      });
      const whole = model({ inputs: given, outputs: heads });
      const layout = derive(whole);
      for (const name of names) {
        expect(weightsOf(layout, `${name}_head`)['kernel']).toBe(`${times}${prefix}_a -> 2`);
      }
      expectUnreadComponentsAreUnseen(whole, layout);
    },
  );

  test('Permute of other axes leaves the features where they are', () => {
    const whole = sequential({
      layers: [
        lstm('pm', 3, { inputShape: [4, 2] }),
        layers.reshape({ targetShape: [2, 2, 3] }),
        layers.permute({ dims: [2, 1, 3] }),
        layers.dense({ name: 'pm_head', units: 2 }),
      ],
    });
    const layout = derive(whole);
    expect(weightsOf(layout, 'pm_head')['kernel']).toBe('pm -> 2');
    expectUnreadComponentsAreUnseen(whole, layout);
  });
});

describe('layersModelLayout and recurrent layers over cells', () => {
  const cell = (units: number) => layers.gruCell({ units, recurrentInitializer: zeros });
  test('one cell', () => {
    const whole = sequential({
      layers: [
        layers.rnn({ name: 'rc', cell: cell(3), inputShape: [4, 2] }),
        layers.dense({ name: 'rc_head', units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ rc: 3 });
    expect(recurrentDims(layout)).toEqual(['rc']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('a stack of cells of every kind', () => {
    const stack = [
      layers.lstmCell({ units: 3, recurrentInitializer: zeros }),
      cell(4),
      layers.simpleRNNCell({ units: 2, recurrentInitializer: zeros }),
    ];
    const whole = sequential({
      layers: [
        layers.rnn({ name: 'rs', cell: stack as never, inputShape: [4, 2] }),
        layers.dense({ name: 'rs_head', units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ 'rs/cell1': 3, 'rs/cell2': 4, 'rs/cell3': 2 });
    expect(recurrentDims(layout)).toEqual(['rs/cell1', 'rs/cell2', 'rs/cell3']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('the states that a stack returns come from its last cell to its first', () => {
    const x = input({ shape: [4, 2] });
    const stack = [layers.lstmCell({ units: 3, recurrentInitializer: zeros }), cell(2)];
    const tensors = layers
      .rnn({ name: 'st', cell: stack as never, returnState: true })
      .apply(x) as SymbolicTensor[];
    const heads = ['st_y', 'st_h2', 'st_h1', 'st_c1'].map((name, i) =>
      apply(layers.dense({ name, units: 1 }), tensors[i]!),
    );
    const layout = derive(model({ inputs: x, outputs: heads }));
    const read = ['st_y', 'st_h2', 'st_h1', 'st_c1'].map(
      (name) => weightsOf(layout, name)['kernel'],
    );
    expect(read).toEqual(['st/cell2 -> 1', 'st/cell2 -> 1', 'st/cell1 -> 1', 'st/cell1 -> 1']);
    // TensorFlow.js cannot run a model whose outputs are one tensor twice, as an output and its state are.
    const whole = model({ inputs: x, outputs: heads.filter((_, i) => i !== 1) });
    expectUnreadComponentsAreUnseen(whole, derive(whole));
  });
});

describe('layersModelLayout with explain', () => {
  const notesOf = (prefix: string, middle: unknown): readonly string[] =>
    layersModelLayout(between(prefix, middle as never), { explain: true }).notes;

  test('says nothing where everything is offered', () => {
    expect(notesOf('e0', layers.dropout({ rate: 0.1 }))).toEqual([]);
  });

  test.each([
    [
      'e1',
      () => layers.layerNormalization({ name: 'e1_x' }),
      'LayerNormalization',
      'normalizes over all features at once',
    ],
    [
      'e2',
      () => layers.permute({ name: 'e2_x', dims: [2, 1] }),
      'Permute',
      'moves the features to another axis',
    ],
    [
      'e3',
      () => layers.masking({ name: 'e3_x', maskValue: 0 }),
      'Masking',
      'compares all features of a step with the mask value',
    ],
    ['e4', () => layers.softmax({ name: 'e4_x' }), 'Softmax', 'mixes the features'],
    [
      'e5',
      () => layers.reshape({ name: 'e5_x', targetShape: [6, 2] }),
      'Reshape',
      'cuts the features apart',
    ],
  ])('%s: names the layer in the way', (prefix, make, kind, why) => {
    expect(notesOf(prefix, make())).toEqual([
      `"${prefix}_first" (LSTM) keeps its units: "${prefix}_x" (${kind}) ${why}`,
    ]);
  });

  test('names an output, an input that is added, a layer of an unknown kind and a frozen reader', () => {
    const x = input({ shape: [4, 3], name: 'ex_input' });
    const a = apply(lstm('ex_a', 3), x);
    const b = apply(lstm('ex_b', 2), apply(layers.add({ name: 'ex_add' }), a, x));
    const c = apply(lstm('ex_c', 2, { returnSequences: false }), b);
    const head = layers.dense({ name: 'ex_head', units: 1 });
    const whole = model({ inputs: x, outputs: [b, apply(head, c)] });
    head.trainable = false;
    expect(layersModelLayout(whole, { explain: true }).notes).toEqual([
      '"ex_a" (LSTM) keeps its units: "ex_add" (Add) lines it up with the model\'s input "ex_input"',
      '"ex_b" (LSTM) keeps its units: an output of the model',
      '"ex_c" gets no group: "ex_head/kernel" reads it and is frozen, so no penalty can free its units',
    ]);
  });

  test('says that a Bidirectional keeps both directions when one is needed whole', () => {
    const x = input({ shape: [4, 2] });
    const inner = lstm('tw_in', 3);
    const mergeMode = null as never;
    const both = layers.bidirectional({ name: 'tw', layer: inner as never, mergeMode });
    const [there, back] = both.apply(x) as SymbolicTensor[];
    const read = apply(layers.dense({ name: 'tw_head', units: 1 }), there!);
    const explained = layersModelLayout(model({ inputs: x, outputs: [read, back!] }), {
      explain: true,
    });
    expect(explained.layout.dims).toEqual({});
    expect(explained.notes).toEqual([
      '"tw" (Bidirectional) keeps its units: "tw" (Bidirectional) has one size for both directions, of which one is an output of the model',
      '"tw" (Bidirectional) keeps its units: an output of the model',
    ]);
  });

  test('names a recurrent layer whose cell is not known', () => {
    const grid = layers.convLstm2d({
      name: 'cl',
      filters: 2,
      kernelSize: 2,
      inputShape: [3, 4, 4, 1],
      recurrentInitializer: zeros,
    });
    const whole = sequential({ layers: [grid, layers.flatten({}), layers.dense({ units: 1 })] });
    expect(layersModelLayout(whole, { explain: true }).notes).toEqual([
      '"cl" (ConvLSTM2D) keeps its units: of its kind it is not known how to remove them',
    ]);
  });
});
