import {
  countMacs,
  groupSize,
  issGroups,
  layoutShapes,
  layoutToJson,
  type Layout,
} from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { kerasGruLayout } from '../../src/index.ts';

const dims = { vocab: 10, embed: 4, fw: 3, bw: 2, h1: 5, h2: 6 };

/** The entries of one group of each recurrent dimension, by the dimension. */
function sizes(layout: Layout): Record<string, number> {
  const shapes = layoutShapes(layout);
  return Object.fromEntries(issGroups(layout).map((set) => [set.name, groupSize(set, shapes)]));
}

describe('kerasGruLayout', () => {
  const options = { name: 'gru/gru_cell', input: 'embed', units: 'h1', dims };

  test('stacks the two biases of reset_after, which nothing penalizes', () => {
    const layout = kerasGruLayout(options);
    expect(layoutToJson(layout).weights).toEqual({
      'gru/gru_cell/kernel': 'embed -> 3*h1',
      'gru/gru_cell/recurrent_kernel': 'h1 -> 3*h1',
      'gru/gru_cell/bias': '-> 2, 3*h1 [unpenalized]',
    });
    expect(layoutShapes(layout)['gru/gru_cell/bias']).toEqual([2, 15]);
    // The kernel and the recurrent weights; biases cost none.
    expect(countMacs(layout)).toBe(4 * 15 + 5 * 15);
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

  test('refuses units that are no single dimension', () => {
    const sum = { name: 'x', input: 'h1', units: 'fw + bw', dims };
    expect(() => kerasGruLayout(sum)).toThrow(
      'kerasGruLayout: weight "x/kernel": expected a declared dimension, found "fw + bw"',
    );
  });
});
