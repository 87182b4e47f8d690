import {
  countParameters,
  GroupError,
  groupSize,
  issGroups,
  layoutShapes,
  layoutToJson,
  recurrentLayout,
} from '@secateur/groups';
import { add, defineCell, gate, input, mul, rhnCell, sigmoid, sub, tanh } from '@secateur/kernels';
import { describe, expect, test } from 'vitest';

const dims = { embed: 4, h: 3, other: 9 };

// A gate that looks at the state by a weight of each unit, and a candidate that sees the input alone.
const looking = defineCell({
  name: 'looking',
  states: ['h'],
  blocks: 'zn',
  bias: 'both',
  parameters: ['peephole'],
  equations: ({ h, peephole }) => {
    const z = sigmoid(add(gate('z', h), mul(peephole, h)));
    return { h: add(mul(z, h), mul(sub(1, z), tanh(input('n')))) };
  },
});

describe('recurrentLayout', () => {
  test('gives each weight the blocks that the definition gives it', () => {
    const layout = recurrentLayout(looking, { name: 'l', input: 'embed', units: 'h', dims });
    expect(layoutToJson(layout)).toEqual({
      dims: { embed: 4, h: 3 },
      weights: {
        'l/kernel': 'embed -> 2*h',
        'l/recurrent': 'h -> h',
        'l/bias': '-> 2*h',
        'l/recurrentBias': '-> h',
        'l/peephole': '-> h',
      },
    });
    expect(countParameters(layout)).toBe(4 * 6 + 3 * 3 + 6 + 3 + 3);
    // By unit: two columns of the kernel, 4 long, a column of the recurrent weights and a row, and no bias.
    expect(issGroups(layout).map((group) => [group.name, group.count])).toEqual([['h', 3]]);
    const [units] = issGroups(layout);
    expect(groupSize(units!, layoutShapes(layout))).toBe(2 * 4 + 3 + 3);
  });
  test('repeats the recurrent blocks of a cell that repeats, and of no other', () => {
    const options = { name: 'r', input: 'embed', units: 'h', depth: 3, dims };
    expect(layoutToJson(recurrentLayout(rhnCell, options)).weights).toEqual({
      'r/kernel': 'embed -> 2*h',
      'r/recurrent': 'h -> 6*h',
      'r/bias': '-> 6*h',
    });
    expect(layoutShapes(recurrentLayout(rhnCell, options))).toEqual({
      'r/kernel': [4, 6],
      'r/recurrent': [3, 18],
      'r/bias': [18],
    });
    expect(() => recurrentLayout(rhnCell, { ...options, depth: 0 })).toThrow(
      'recurrentLayout: expected a whole recurrence depth of 1 or more, found 0',
    );
    const refused = (): unknown => recurrentLayout(looking, options);
    expect(refused).toThrow(GroupError);
    expect(refused).toThrow(
      'recurrentLayout: expected a depth of 1, found 3; the cell "looking" does not repeat',
    );
  });
  test('refuses units that are no single dimension', () => {
    expect(() =>
      recurrentLayout(looking, { name: 'l', input: 'embed', units: 'h + embed', dims }),
    ).toThrow(
      'recurrentLayout: weight "l/kernel": expected a declared dimension, found "h + embed"',
    );
  });
});
