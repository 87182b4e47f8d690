import { issGroups, parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { componentNorms, PrunerError } from '@secateur/pruner';

const layout = parseLayout('dims h = 2 \n rnn  h -> h \n out  h -> 2 \n bias -> h');
const weights = {
  rnn: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  out: { shape: [2, 2], data: Float32Array.of(0, 5, 0, 0) },
  bias: { shape: [2], data: Float32Array.of(100, 100) },
};

describe('componentNorms', () => {
  test('counts rows, columns and the shared diagonal twice, and no bias', () => {
    const { h } = componentNorms(weights, issGroups(layout));
    // Row 0 (1, 2), column 0 (1, 3), output row (0, 5); row 1 (3, 4), column 1 (2, 4), output row (0, 0).
    expect([...h!]).toEqual([Math.sqrt(1 + 4 + 1 + 9 + 25), Math.sqrt(9 + 16 + 4 + 16)]);
  });

  test('scales the squared sum by the multiplier of a slice', () => {
    const set = {
      name: 'g',
      count: 1,
      slices: [{ weight: 'out', axis: 0, start: 0, multiplier: 4 }],
    };
    expect([...componentNorms(weights, [set])['g']!]).toEqual([10]);
  });

  test('is exactly zero for a dead component', () => {
    const dead = { rnn: { shape: [2, 2], data: Float32Array.of(1, 0, 0, 0) }, out: weights.out };
    expect(componentNorms(dead, issGroups(layout))['h']![1]).toBe(0);
  });

  test.each(['nowhere', 'bias'])('refuses groups that %s does not hold', (weight) => {
    const set = { name: 'g', count: 3, slices: [{ weight, axis: 0, start: 0, multiplier: 1 }] };
    expect(() => componentNorms(weights, [set])).toThrow(PrunerError);
    expect(() => componentNorms(weights, [set])).toThrow(
      `componentNorms: expected weight "${weight}" with entries 0 to 2 along axis 0 (group set "g"), found`,
    );
  });

  test.each([-1, 0.5])('refuses a slice that begins at %f', (start) => {
    const set = { name: 'g', count: 1, slices: [{ weight: 'out', axis: 0, start, multiplier: 1 }] };
    expect(() => componentNorms(weights, [set])).toThrow(
      `componentNorms: expected weight "out" with entries ${start} to ${start} along axis 0 (group set "g"), found shape [2, 2]; build`,
    );
  });

  test('refuses an array that is not as long as its shape says', () => {
    const short = { ...weights, out: { shape: [2, 2], data: Float32Array.of(0, 5, 0) } };
    expect(() => componentNorms(short, issGroups(layout))).toThrow(
      'componentNorms: expected 4 values in weight "out" of shape [2, 2], found 3',
    );
  });
});
