import { gruCell, gruResetBeforeCell } from '@secateur/kernels';
import { describe, expect, test } from 'vitest';
import {
  countParameters,
  GroupError,
  groupSize,
  issGroups,
  kerasGruLayout,
  layoutShapes,
  layoutToJson,
  mergeLayouts,
  parseLayout,
  recurrentDims,
  recurrentLayout,
  torchGruLayout,
  type Layout,
} from '../src/index.ts';

const dims = { vocab: 10, embed: 4, fw: 3, bw: 2, h1: 5, h2: 6 };

/** The entries of one group of each recurrent dimension, by the dimension. */
function sizes(layout: Layout, unique = false): Record<string, number> {
  const shapes = layoutShapes(layout);
  return Object.fromEntries(
    issGroups(layout).map((set) => [set.name, groupSize(set, shapes, { unique })]),
  );
}

describe('recurrentLayout of a GRU', () => {
  test('a GRU has a kernel, a recurrent matrix and two biases', () => {
    const layout = recurrentLayout(gruCell, { name: 'enc', input: 'fw + bw', units: 'h1', dims });
    expect(layoutToJson(layout)).toEqual({
      dims: { fw: 3, bw: 2, h1: 5 },
      weights: {
        'enc/kernel': 'fw + bw -> 3*h1',
        'enc/recurrent': 'h1 -> 3*h1',
        'enc/bias': '-> 3*h1',
        'enc/recurrentBias': '-> 3*h1',
      },
    });
    expect(layoutShapes(layout)).toEqual({
      'enc/kernel': [5, 15],
      'enc/recurrent': [5, 15],
      'enc/bias': [15],
      'enc/recurrentBias': [15],
    });
    expect(countParameters(layout)).toBe(5 * 15 + 5 * 15 + 15 + 15);
  });

  test('has one bias where the reset gate acts before the product', () => {
    const layout = recurrentLayout(gruResetBeforeCell, {
      ...{ name: 'g', input: 'embed', units: 'h1', dims },
    });
    expect(Object.keys(layout.weights)).toEqual(['g/kernel', 'g/recurrent', 'g/bias']);
  });

  test.each([true, false])('groups are columns, rows and readers; resetAfter %s', (resetAfter) => {
    const cell = resetAfter ? gruCell : gruResetBeforeCell;
    const layout = mergeLayouts(
      recurrentLayout(cell, { name: 'gru1', input: 'embed', units: 'h1', dims }),
      recurrentLayout(cell, { name: 'gru2', input: 'h1', units: 'h2', dims }),
      parseLayout('dims h2 = 6  vocab = 10\n softmax/kernel h2 -> vocab\n softmax/bias -> vocab'),
    );
    expect(recurrentDims(layout)).toEqual(['h1', 'h2']);
    expect(sizes(layout)).toEqual({
      // Three columns of gru1/kernel and of gru1/recurrent, its row of gru1/recurrent, its row of gru2/kernel.
      h1: 3 * 4 + 3 * 5 + 15 + 18,
      // The same of gru2, and its row of softmax/kernel.
      h2: 3 * 5 + 3 * 6 + 18 + 10,
    });
    // The three places of gru/recurrent where the own row crosses the own columns are counted twice above.
    expect(sizes(layout, true)).toEqual({ h1: 60 - 3, h2: 61 - 3 });
  });

  test('refuses what is no single dimension, and sizes that are missing', () => {
    const sum = { name: 'x', input: 'h1', units: 'fw + bw', dims };
    expect(() => recurrentLayout(gruCell, sum)).toThrow(GroupError);
    expect(() => recurrentLayout(gruCell, sum)).toThrow(
      'recurrentLayout: expected the name of one dimension as units, found "fw + bw"',
    );
    expect(() => kerasGruLayout(sum)).toThrow('kerasGruLayout: expected the name of one dimension');
    expect(() => recurrentLayout(gruCell, { name: 'x', input: 'in', units: 'h1', dims })).toThrow(
      'recurrentLayout: weight "x/kernel": expected a declared dimension, found "in"',
    );
  });
});

describe('kerasGruLayout', () => {
  const options = { name: 'gru/gru_cell', input: 'embed', units: 'h1', dims };

  test('stacks the two biases of reset_after, which nothing penalizes', () => {
    const layout = kerasGruLayout(options);
    expect(layoutToJson(layout).weights).toEqual({
      'gru/gru_cell/kernel': 'embed -> 3*h1',
      'gru/gru_cell/recurrent_kernel': 'h1 -> 3*h1',
      'gru/gru_cell/bias': '2 -> 3*h1 [unpenalized]',
    });
    expect(layoutShapes(layout)['gru/gru_cell/bias']).toEqual([2, 15]);
    expect(sizes(layout)).toEqual({ h1: 3 * 4 + 3 * 5 + 15 });
  });

  test('has one bias without reset_after, in the same groups', () => {
    const layout = kerasGruLayout({ ...options, resetAfter: false });
    expect(layoutToJson(layout).weights['gru/gru_cell/bias']).toBe('-> 3*h1');
    expect(layoutShapes(layout)['gru/gru_cell/bias']).toEqual([15]);
    expect(sizes(layout)).toEqual({ h1: 3 * 4 + 3 * 5 + 15 });
  });

  test.each([true, false])('has no bias without use_bias; reset_after %s', (resetAfter) => {
    const layout = kerasGruLayout({ ...options, resetAfter, useBias: false });
    expect(Object.keys(layout.weights)).toEqual([
      'gru/gru_cell/kernel',
      'gru/gru_cell/recurrent_kernel',
    ]);
  });
});

describe('torchGruLayout', () => {
  test('names and transposes the weights as nn.GRU does', () => {
    const layout = torchGruLayout({ prefix: 'rnn.', input: 'embed', units: ['h1', 'h2'], dims });
    expect(layoutToJson(layout).weights).toEqual({
      'rnn.weight_ih_l0': '3*h1 <- embed',
      'rnn.weight_hh_l0': '3*h1 <- h1',
      'rnn.bias_ih_l0': '3*h1 <-',
      'rnn.bias_hh_l0': '3*h1 <-',
      'rnn.weight_ih_l1': '3*h2 <- h1',
      'rnn.weight_hh_l1': '3*h2 <- h2',
      'rnn.bias_ih_l1': '3*h2 <-',
      'rnn.bias_hh_l1': '3*h2 <-',
    });
    expect(layoutShapes(layout)['rnn.weight_ih_l0']).toEqual([15, 4]);
    // As many as ours: three rows of weight_ih and weight_hh, a column of weight_hh and of the next weight_ih.
    expect(sizes(layout)).toEqual({ h1: 3 * 4 + 3 * 5 + 15 + 18, h2: 3 * 5 + 3 * 6 + 18 });
  });

  test('reads both directions of a bidirectional layer in the next', () => {
    const units = [['fw', 'bw'] as const, ['h1', 'h2'] as const];
    const { weights } = layoutToJson(torchGruLayout({ input: 'embed', units, bias: false, dims }));
    expect(weights).toEqual({
      weight_ih_l0: '3*fw <- embed',
      weight_hh_l0: '3*fw <- fw',
      weight_ih_l0_reverse: '3*bw <- embed',
      weight_hh_l0_reverse: '3*bw <- bw',
      weight_ih_l1: '3*h1 <- fw + bw',
      weight_hh_l1: '3*h1 <- h1',
      weight_ih_l1_reverse: '3*h2 <- fw + bw',
      weight_hh_l1_reverse: '3*h2 <- h2',
    });
  });

  test('says its own name in errors', () => {
    expect(() => torchGruLayout({ input: 'embed', units: [], dims })).toThrow(
      'torchGruLayout: expected a dimension for each layer as units, found none',
    );
    expect(() => torchGruLayout({ input: 'embed', units: ['h1', ['fw', 'bw']], dims })).toThrow(
      'found a mixture; nn.GRU is bidirectional in all layers or in none',
    );
    expect(() => torchGruLayout({ input: 'embed', units: ['fw + bw'], dims })).toThrow(
      'torchGruLayout: expected the name of one dimension as units',
    );
  });
});
