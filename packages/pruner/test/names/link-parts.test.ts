import type { NamedArray, Weights } from '@secateur/groups';
import { countMacs, formatWeight, layoutToJson } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { layoutFromNames, linkParts, orderIn, partsOf } from '../../src/names/index.ts';

const zeros = (...shape: number[]): NamedArray => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});
const link = (weights: Weights, order?: string[]): ReturnType<typeof linkParts> =>
  linkParts(partsOf(weights), weights, { order });

/** Keras's names of an LSTM. */
const lstm = (name: string, input: number, units: number): Record<string, NamedArray> => ({
  [`${name}/kernel`]: zeros(input, 4 * units),
  [`${name}/recurrent_kernel`]: zeros(units, 4 * units),
  [`${name}/bias`]: zeros(4 * units),
});
const dense = (name: string, input: number, output: number): Record<string, NamedArray> => ({
  [`${name}/kernel`]: zeros(input, output),
  [`${name}/bias`]: zeros(output),
});

describe('names of Keras', () => {
  test('layers whose widths fit in one way follow each other', () => {
    const weights = {
      'embedding/embeddings': zeros(9, 5),
      ...lstm('lstm', 5, 4),
      ...lstm('lstm_1', 4, 3),
      ...dense('dense', 3, 9),
    };
    const { layout, order } = link(weights);
    expect(order).toEqual(['embedding', 'lstm', 'lstm_1', 'dense']);
    expect(layoutToJson(layout).weights).toMatchObject({
      'embedding/embeddings': '9 -> embedding [lookup]',
      'lstm/kernel': 'embedding -> 4*lstm',
      'lstm_1/kernel': 'lstm -> 4*lstm_1',
      'dense/kernel': 'lstm_1 -> dense',
    });
    expect(Object.keys(layout.dims)).toEqual(['embedding', 'lstm', 'lstm_1']);
  });
  test('the two biases over each other of a GRU cost nothing', () => {
    const weights = {
      'gru/gru_cell/kernel': zeros(4, 9),
      'gru/gru_cell/recurrent_kernel': zeros(3, 9),
      'gru/gru_cell/bias': zeros(2, 9),
      ...dense('dense', 3, 5),
    };
    const { layout } = link(weights);
    expect(layout.dims).toEqual({ gru: 3 });
    expect(formatWeight(layout.weights['gru/gru_cell/bias']!)).toBe('-> 2, 3*gru [unpenalized]');
    expect(countMacs(layout)).toBe(4 * 9 + 3 * 9 + 3 * 5);
  });
  test('layers of one size do not tell their order, and a chain does', () => {
    const weights = { ...lstm('a', 4, 4), ...lstm('b', 4, 4), ...dense('out', 4, 2) };
    expect(link(weights).order).toBeUndefined();
    expect(Object.keys(link(weights).layout.dims)).toEqual([]);
    const { layout, order, notes } = link(weights, ['b', 'a', 'out']);
    expect(order).toEqual(['b', 'a', 'out']);
    expect(formatWeight(layout.weights['a/kernel']!)).toBe('b -> 4*a');
    expect(notes).toEqual([]);
  });
  test('a chain must name all parts, and each must read what the one before writes', () => {
    const weights = { ...lstm('a', 3, 4), ...lstm('b', 4, 5), ...dense('out', 5, 2) };
    expect(() => link(weights, ['a', 'b'])).toThrow(
      'linkParts: expected as the order each of a, b, out once, found a, b; name all of them in their order, or write the layout yourself.',
    );
    expect(() => link(weights, ['b', 'a', 'out'])).toThrow(
      'linkParts: expected "a" to read the 5 numbers that "b" writes, found that it reads 3; correct the order.',
    );
  });
  test('a table that is also the softmax keeps the width that it reads', () => {
    const weights = {
      embedding: zeros(9, 4),
      'rnn/kernel': zeros(4, 16),
      'rnn/recurrent': zeros(4, 16),
      'rnn/bias': zeros(16),
      'softmax/bias': zeros(9),
    };
    const { layout, notes } = link(weights);
    expect(layout.dims).not.toHaveProperty('rnn');
    expect(notes.join()).toContain('rnn: kept, as softmax reads them by the table of an embedding');
  });
});

test('a GRU without a bias is pruned, and its cell is not known', () => {
  const weights = { 'gru/kernel': zeros(4, 9), 'gru/recurrent_kernel': zeros(3, 9) };
  const [part] = partsOf(weights).parts;
  expect(part?.dims).toEqual({ gru: 3 });
  expect(() => part?.layers(weights)).toThrow(
    'expected a bias of the GRU "gru", whose shape says whether it resets before the recurrent product, found none; give it a bias of zeros: [9] with reset_after false, [2, 9] with reset_after true.',
  );
});

/** PyTorch's names of an `nn.LSTM`. */
const torchLstm = (name: string, input: number, units: number, layers = 1): Weights =>
  Object.fromEntries(
    Array.from({ length: layers }, (_, layer) => [
      [`${name}.weight_ih_l${layer}`, zeros(4 * units, layer === 0 ? input : units)],
      [`${name}.weight_hh_l${layer}`, zeros(4 * units, units)],
      [`${name}.bias_ih_l${layer}`, zeros(4 * units)],
      [`${name}.bias_hh_l${layer}`, zeros(4 * units)],
    ]).flat(),
  ) as Weights;
const linear = (name: string, input: number, output: number, bias = true): Weights => ({
  [`${name}.weight`]: zeros(output, input),
  ...(bias && { [`${name}.bias`]: zeros(output) }),
});

describe('what may be read beside other numbers is kept', () => {
  const table = { 'emb/embeddings': zeros(50, 8) };
  const kept = (weights: Weights): { dims: string[]; notes: readonly string[] } => {
    const { layout, notes } = link(weights);
    return { dims: Object.keys(layout.dims), notes };
  };
  test('by a head over [context; last] of attention pooling', () => {
    const weights = {
      ...{ ...table, ...lstm('rnn', 8, 6), ...dense('attn', 6, 1), ...dense('fc', 12, 3) },
    };
    const { dims, notes } = kept(weights);
    expect(dims).not.toContain('rnn');
    expect(notes).toEqual([
      'rnn: kept, as they may be among the 12 numbers that fc reads; give a layout: write it with layout of @secateur/groups',
    ]);
    // Also where the embedding happens to be as wide.
    const same = { 'emb/embeddings': zeros(50, 12), ...lstm('rnn', 12, 6) };
    expect(kept({ ...weights, ...same }).dims).not.toContain('rnn');
  });
  test('by one without a bias, which shows no layer', () => {
    const weights = {
      ...{ 'emb.weight': zeros(50, 8), ...torchLstm('rnn', 8, 6), ...linear('attn', 6, 1) },
      ...linear('fc', 12, 3, false),
    };
    expect(kept(weights).dims).not.toContain('h1');
    // An order names only what shows a layer, and so says nothing of this one.
    expect(link(weights, ['emb', 'rnn', 'attn']).layout.dims).not.toHaveProperty('h1');
    expect(kept(weights).notes.at(-1)).toBe(
      'h1: kept, as fc.weight may read them; give a layout: write it with layout of @secateur/groups',
    );
  });
  test('by one without a bias that predicts what the network is given', () => {
    const rnn = { ...torchLstm('rnn', 8, 6), ...linear('attn', 6, 1) };
    for (const width of [12, 14]) {
      const weights = { ...rnn, ...linear('fc', width, 8, false) };
      expect(kept(weights).dims).toEqual([]);
      expect(link(weights, ['rnn', 'attn']).layout.dims).toEqual({});
    }
    // Beside a table that no layer reads alone.
    const tagged = { ...rnn, 'tags.weight': zeros(9, 5), ...linear('fc', 11, 3, false) };
    expect(kept(tagged).dims).toEqual([]);
  });
  test('by a head over the last states of all layers', () => {
    const weights = { ...torchLstm('rnn', 5, 6, 2), ...linear('fc', 12, 3) };
    expect(kept(weights).dims).toEqual([]);
    expect(kept(weights).notes).toEqual([
      'h2: kept, as nothing in the file reads them: they are what the network gives',
      'h1: kept, as they may be among the 12 numbers that fc reads; give a layout: write it with layout of @secateur/groups',
    ]);
  });
  test('by a decoder that reads words beside what an encoder gives', () => {
    const weights = {
      ...{ ...table, ...lstm('encoder', 8, 6), ...dense('attn', 6, 1) },
      ...{ ...lstm('decoder', 14, 10), ...dense('fc', 10, 3) },
    };
    const { dims } = kept(weights);
    expect(dims).toContain('decoder');
    expect(dims).not.toContain('encoder');
  });
});

test('layers that are called like a dimension of another have one of their own', () => {
  const same = link(
    { ...torchLstm('rnn', 5, 16), ...linear('h1', 16, 16), ...linear('out', 16, 3) },
    ['rnn', 'h1', 'out'],
  );
  expect(same.layout.dims).toEqual({ h1: 16, h1_2: 16 });
  expect(layoutToJson(same.layout).weights).toMatchObject({
    ...{ 'rnn.weight_hh_l0': '4*h1 <- h1', 'h1.weight': 'h1_2 <- h1', 'out.weight': 'out <- h1_2' },
  });
  const other = link({ ...torchLstm('rnn', 5, 16), ...linear('h1', 16, 12) });
  expect(other.layout.dims).toEqual({ h1: 16 });
  const keras = link({ ...lstm('a b', 3, 5), ...lstm('a_b', 5, 4), ...dense('out', 4, 2) });
  expect(keras.layout.dims).toEqual({ a_b: 5, a_b_2: 4 });
  const numbered = link({ ...torchLstm('0', 3, 5), ...torchLstm('2', 5, 4), ...linear('4', 4, 2) });
  expect(numbered.layout.dims).toEqual({ '_0.h1': 5, '_2.h1': 4 });
});

describe('what has another reason is not kept', () => {
  test('a projection of what the network is given', () => {
    const weights = {
      ...{ ...dense('in', 40, 16), ...lstm('a', 16, 12), ...lstm('b', 12, 10) },
      ...{ ...dense('one', 10, 3), ...dense('other', 10, 4) },
    };
    expect(Object.keys(link(weights).layout.dims)).toEqual(['a', 'in']);
  });
  test('convolutions before the layers', () => {
    const weights = {
      ...{ 'conv1.weight': zeros(32, 80, 3), 'conv1.bias': zeros(32) },
      ...{ 'conv2.weight': zeros(64, 32, 3), 'conv2.bias': zeros(64) },
      ...{ 'norm.weight': zeros(32), ...torchLstm('rnn', 64, 16), ...linear('fc', 16, 5) },
    };
    expect(Object.keys(link(weights).layout.dims)).toEqual(['h1']);
  });
  test.each<[string, Weights, number, number]>([
    ['one convolution', { 'conv.weight': zeros(32, 80, 3), 'conv.bias': zeros(32) }, 32, 64],
    ['one over twice the units', { 'conv.weight': zeros(32, 128, 3) }, 32, 64],
    ['a spectrogram', { 'spec.window': zeros(400), 'mel.fb': zeros(201, 40) }, 40, 128],
    ['words beside letters', { 'word.weight': zeros(500, 100) }, 125, 64],
  ])('what makes the inputs of the first layer: %s', (_, front, input, units) => {
    const weights = { ...front, ...torchLstm('lstm', input, units), ...linear('fc', units, 10) };
    expect(link(weights).layout.dims).toEqual({ h1: units });
    expect(link(weights, ['lstm', 'fc']).layout.dims).toEqual({ h1: units });
  });
  test('what an order leaves no reason for', () => {
    const weights = {
      ...{ 'extra.weight': zeros(7, 90), ...torchLstm('lstm', 32, 64), ...linear('fc', 64, 10) },
    };
    expect(link(weights).layout.dims).toEqual({});
    expect(link(weights, ['lstm', 'fc']).layout.dims).toEqual({ h1: 64 });
  });
  test('a part of the words that is narrower than the layer', () => {
    const weights = {
      ...{ 'words.weight': zeros(50, 8), 'tags.weight': zeros(9, 4) },
      ...{ ...torchLstm('rnn', 12, 16), ...linear('fc', 16, 5) },
    };
    expect(Object.keys(link(weights).layout.dims)).toEqual(['h1']);
  });
});

test('a tied head is told by its weights, not by its name', () => {
  const weights = {
    ...{ 'emb/embeddings': zeros(20, 8), ...lstm('lstm', 8, 8), 'lstm_out/bias': zeros(20) },
  };
  const { layout, notes } = link(weights);
  expect(layout.dims).not.toHaveProperty('lstm');
  expect(notes.join()).toContain('lstm: kept, as lstm_out reads them by the table of an embedding');
});
test('orderIn takes no name of a layer for its own mark', () => {
  const weights = { ...lstm('what_it_reads', 4, 4), ...lstm('b', 4, 4), ...dense('out', 4, 2) };
  const order = ['b', 'what_it_reads', 'out'];
  expect(orderIn(link(weights, order).layout, partsOf(weights))).toEqual(order);
});

test('orderIn reads the order out of a layout', () => {
  const weights = { ...lstm('a', 4, 4), ...lstm('b', 4, 4), ...dense('out', 4, 2) };
  const parts = partsOf(weights);
  const { layout } = link(weights, ['b', 'a', 'out']);
  expect(orderIn(layout, parts)).toEqual(['b', 'a', 'out']);
});

test('notes say in code what settles a doubt, unless other words are given', () => {
  const weights = { ...lstm('a', 3, 4), ...dense('one', 4, 2), ...dense('other', 4, 2) };
  expect(layoutFromNames(weights).notes).toEqual([
    "a: kept, as one and other may read them; name them in their order: order: ['a', 'one', 'other']",
  ]);
  const advice = { order: (names: readonly string[]) => names.join(' > '), layout: 'write it' };
  expect(layoutFromNames(weights, { advice }).notes).toEqual([
    'a: kept, as one and other may read them; name them in their order: a > one > other',
  ]);
});
test('names that show no recurrent layer are an error', () => {
  expect(() => layoutFromNames(dense('out', 4, 2))).toThrow(
    'layoutFromNames: expected names of an LSTM or GRU as PyTorch (weight_ih_l0), Keras (lstm/recurrent_kernel) or Secateur (lstm1/recurrent) give them, found out/kernel, out/bias; write the layout yourself.',
  );
});
