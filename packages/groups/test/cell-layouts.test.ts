import { lstmCell } from '@secateur/kernels';
import { describe, expect, test } from 'vitest';
import {
  GroupError,
  groupSize,
  issGroups,
  layoutShapes,
  layoutToJson,
  recurrentDims,
  recurrentLayout,
  tf1LstmLayout,
  torchGruLayout,
  torchLstmLayout,
  type RecurrentLayoutOptions,
} from '../src/index.ts';

const dims = { vocab: 10, embed: 4, fw: 3, bw: 2, h1: 5, h2: 5 };

describe('layouts of cells', () => {
  test('an LSTM has a kernel, a recurrent matrix and a bias', () => {
    const layout = recurrentLayout(lstmCell, { name: 'enc', input: 'fw + bw', units: 'h1', dims });
    expect(layoutToJson(layout)).toEqual({
      dims: { fw: 3, bw: 2, h1: 5 },
      weights: {
        'enc/kernel': 'fw + bw -> 4*h1',
        'enc/recurrent': 'h1 -> 4*h1',
        'enc/bias': '-> 4*h1',
      },
    });
    expect(layoutShapes(layout)).toEqual({
      'enc/kernel': [5, 20],
      'enc/recurrent': [5, 20],
      'enc/bias': [20],
    });
  });

  test('refuses what is no single dimension, and sizes that are missing', () => {
    const sum = { name: 'x', input: 'h1', units: 'fw + bw', dims };
    expect(() => recurrentLayout(lstmCell, sum)).toThrow(GroupError);
    expect(() => recurrentLayout(lstmCell, sum)).toThrow(
      'recurrentLayout: expected the name of one dimension as units, found "fw + bw"',
    );
    expect(() => tf1LstmLayout(sum)).toThrow('tf1LstmLayout: expected the name of one dimension');
    expect(() => recurrentLayout(lstmCell, { name: 'x', input: 'in', units: 'h1', dims })).toThrow(
      'recurrentLayout: weight "x/kernel": expected a declared dimension, found "in"',
    );
    const missing = { name: 'x', input: '3', units: 'h1' } as RecurrentLayoutOptions;
    expect(() => recurrentLayout(lstmCell, missing)).toThrow(
      'recurrentLayout: expected sizes by dimension as dims, found undefined',
    );
  });
});

describe('torchLstmLayout', () => {
  test('names and transposes the weights as nn.LSTM does', () => {
    const layout = torchLstmLayout({ prefix: 'rnn.', input: 'embed', units: ['h1', 'h2'], dims });
    expect(layoutToJson(layout).weights).toEqual({
      'rnn.weight_ih_l0': '4*h1 <- embed',
      'rnn.weight_hh_l0': '4*h1 <- h1',
      'rnn.bias_ih_l0': '4*h1 <-',
      'rnn.bias_hh_l0': '4*h1 <-',
      'rnn.weight_ih_l1': '4*h2 <- h1',
      'rnn.weight_hh_l1': '4*h2 <- h2',
      'rnn.bias_ih_l1': '4*h2 <-',
      'rnn.bias_hh_l1': '4*h2 <-',
    });
    expect(layoutShapes(layout)['rnn.weight_ih_l0']).toEqual([20, 4]);
    expect(recurrentDims(layout)).toEqual(['h1', 'h2']);
  });

  test('reads both directions of a bidirectional layer in the next', () => {
    const units = [['fw', 'bw'] as const, ['h1', 'h2'] as const];
    const { weights } = layoutToJson(torchLstmLayout({ input: 'embed', units, bias: false, dims }));
    expect(weights).toEqual({
      weight_ih_l0: '4*fw <- embed',
      weight_hh_l0: '4*fw <- fw',
      weight_ih_l0_reverse: '4*bw <- embed',
      weight_hh_l0_reverse: '4*bw <- bw',
      weight_ih_l1: '4*h1 <- fw + bw',
      weight_hh_l1: '4*h1 <- h1',
      weight_ih_l1_reverse: '4*h2 <- fw + bw',
      weight_hh_l1_reverse: '4*h2 <- h2',
    });
  });

  test('with projections reads the projected state, and each unit through weight_hr alone', () => {
    const units = [['fw', 'bw'] as const, ['h1', 'h2'] as const];
    const projections = [['p0', 'q0'] as const, ['p1', 'q1'] as const];
    const sizes = { ...dims, p0: 2, q0: 2, p1: 2, q1: 2 };
    const options = { input: 'embed', units, projections, bias: false, dims: sizes };
    const layout = torchLstmLayout(options);
    expect(layoutToJson(layout).weights).toEqual({
      weight_ih_l0: '4*fw <- embed',
      weight_hh_l0: '4*fw <- p0',
      weight_hr_l0: 'p0 <- fw',
      weight_ih_l0_reverse: '4*bw <- embed',
      weight_hh_l0_reverse: '4*bw <- q0',
      weight_hr_l0_reverse: 'q0 <- bw',
      weight_ih_l1: '4*h1 <- p0 + q0',
      weight_hh_l1: '4*h1 <- p1',
      weight_hr_l1: 'p1 <- h1',
      weight_ih_l1_reverse: '4*h2 <- p0 + q0',
      weight_hh_l1_reverse: '4*h2 <- q1',
      weight_hr_l1_reverse: 'q1 <- h2',
    });
    // A unit of h1: four rows of weight_ih_l1 and weight_hh_l1, a column of weight_hr_l1.
    const [group] = issGroups(layout, { dims: ['h1'] });
    expect(groupSize(group!, layoutShapes(layout))).toBe(4 * 4 + 4 * 2 + 2);
    expect(recurrentDims(layout)).toEqual([]);
  });

  test('refuses projections that are not like the units, and those of a GRU', () => {
    const options = { input: 'embed', units: ['h1', 'h2'], dims };
    expect(() => torchLstmLayout({ ...options, projections: ['fw'] })).toThrow(
      'torchLstmLayout: expected projections like units, found ["fw"] beside ["h1","h2"]; name one for each layer and direction',
    );
    const projected = { ...options, projections: ['fw', 'bw'] };
    expect(() => torchGruLayout(projected)).toThrow(
      'torchGruLayout: expected no projections, found some; nn.GRU has no proj_size, only nn.LSTM has',
    );
  });

  test('refuses no layers, and directions that change', () => {
    expect(() => torchLstmLayout({ input: 'embed', units: [], dims })).toThrow(
      'torchLstmLayout: expected a dimension for each layer as units, found none',
    );
    expect(() => torchLstmLayout({ input: 'embed', units: ['h1', ['fw', 'bw']], dims })).toThrow(
      'torchLstmLayout: expected one dimension for each layer or a pair for each, found a mixture',
    );
  });
});

describe('tf1LstmLayout', () => {
  test('stacks input rows over recurrent rows in one matrix', () => {
    const layout = tf1LstmLayout({ name: 'cell_0', input: 'embed', units: 'h1', dims });
    expect(layoutToJson(layout).weights).toEqual({
      'cell_0/weights': 'embed + h1 -> 4*h1',
      'cell_0/biases': '-> 4*h1',
    });
    expect(layoutShapes(layout)['cell_0/weights']).toEqual([9, 20]);
  });

  test('knows the names of later versions', () => {
    const variables = ['kernel', 'bias'] as const;
    const layout = tf1LstmLayout({ name: 'c', input: 'embed', units: 'h1', dims, variables });
    expect(Object.keys(layout.weights)).toEqual(['c/kernel', 'c/bias']);
  });
});
