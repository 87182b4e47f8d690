import {
  groupSize,
  issGroups,
  layoutShapes,
  layoutToJson,
  recurrentDims,
  type Layout,
} from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { torchGruLayout, torchLstmLayout } from '../../src/index.ts';

const dims = { vocab: 10, embed: 4, fw: 3, bw: 2, h1: 5, h2: 6 };

/** The entries of one group of each recurrent dimension, by the dimension. */
function sizes(layout: Layout): Record<string, number> {
  const shapes = layoutShapes(layout);
  return Object.fromEntries(issGroups(layout).map((set) => [set.name, groupSize(set, shapes)]));
}

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
      'torchGruLayout: expected options among prefix, input, units, bias, dims, found "projections"; correct it or leave it out.',
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
      'torchGruLayout: weight "weight_ih_l0": expected a declared dimension, found "fw + bw"',
    );
  });
});
