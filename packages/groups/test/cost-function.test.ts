import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  costFunction,
  countMacs,
  countParameters,
  parseLayout,
  resizeLayout,
} from '../src/index.ts';
import { anyLayout } from './any-layout.ts';

describe('costFunction', () => {
  test('counts by hand', () => {
    const layout = parseLayout(`
      dims    vocab = 5   h = 2
      table   vocab -> h  [lookup]
      kernel  h -> 4*h
      bias    -> 4*h
      head    h + 3 -> vocab
    `);
    const macs = costFunction(layout, 'macs');
    expect(macs({})).toBe(2 * 8 + 5 * 5);
    expect(macs({ h: 10 })).toBe(10 * 40 + 13 * 5);
    expect(costFunction(layout, 'parameters')({ h: 1, vocab: 2 })).toBe(2 + 4 + 4 + 4 * 2);
  });

  test('is what the counts of the resized layout are', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(anyLayout, sizes, (layout, chosen) => {
        const other = Object.fromEntries(
          Object.keys(layout.dims).map((dim, i) => [dim, chosen[i]!]),
        );
        const resized = resizeLayout(layout, other);
        expect(costFunction(layout, 'macs')(other)).toBe(countMacs(resized));
        expect(costFunction(layout, 'parameters')(other)).toBe(countParameters(resized));
        expect(costFunction(layout, 'macs')({})).toBe(countMacs(layout));
      }),
    );
  });
});
