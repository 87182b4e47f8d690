import { gruCell, gruResetBeforeCell } from '@secateur/kernels';
import { describe, expect, test } from 'vitest';
import {
  countParameters,
  GroupError,
  groupSize,
  issGroups,
  layoutShapes,
  layoutToJson,
  mergeLayouts,
  parseLayout,
  recurrentDims,
  recurrentLayout,
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
      'recurrentLayout: weight "x/kernel": expected a declared dimension, found "fw + bw"; did you mean',
    );
    expect(() => recurrentLayout(gruCell, { name: 'x', input: 'in', units: 'h1', dims })).toThrow(
      'recurrentLayout: weight "x/kernel": expected a declared dimension, found "in"',
    );
  });
});
