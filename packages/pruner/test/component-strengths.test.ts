import { parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { chooseKept, componentStrengths, PrunerError } from '@secateur/pruner';

const layout = parseLayout('dims h = 2 \n rnn  h -> h \n head  h -> 1 [frozen] \n bias -> h');
const weights = {
  rnn: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  head: { shape: [2, 1], data: Float32Array.of(9, 0) },
  bias: { shape: [2], data: Float32Array.of(100, 100) },
};

describe('componentStrengths', () => {
  test('counts what a frozen weight reads, and no bias', () => {
    // Row 0 (1, 2), column 0 (1, 3), the head's 9; row 1 (3, 4), column 1 (2, 4), the head's 0.
    const norms = [Math.sqrt(1 + 4 + 1 + 9 + 81), Math.sqrt(9 + 16 + 4 + 16)];
    expect([...componentStrengths(weights, layout, 'h')]).toEqual(norms);
  });

  test('are what a target is met by', () => {
    // Without the head, component 1 would be the stronger.
    expect(chooseKept(weights, layout, { units: { h: 1 } }).kept).toEqual({ h: [0] });
  });

  test('refuses a dimension that the layout does not have, and weights of another', () => {
    expect(() => componentStrengths(weights, layout, 'g')).toThrow(
      'componentStrengths: expected a dimension of the layout (h), found "g"; check its spelling.',
    );
    expect(() => componentStrengths({ rnn: weights.rnn }, layout, 'h')).toThrow(PrunerError);
  });
});
