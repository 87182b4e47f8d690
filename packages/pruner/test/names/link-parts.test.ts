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
