import { describe, expect, test } from 'vitest';
import { layoutShapes, layoutToJson, rhnLayout } from '../src/index.ts';

const dims = { embed: 4, s: 3, other: 9 };

describe('rhnLayout', () => {
  test('reads its input at the first depth and its state at all of them', () => {
    const layout = rhnLayout({ name: 'r', input: 'embed', units: 's', depth: 2, dims });
    expect(layoutToJson(layout)).toEqual({
      dims: { embed: 4, s: 3 },
      weights: { 'r/kernel': 'embed -> 2*s', 'r/recurrent': 's -> 4*s', 'r/bias': '-> 4*s' },
    });
    expect(layoutShapes(layout)).toEqual({
      'r/kernel': [4, 6],
      'r/recurrent': [3, 12],
      'r/bias': [12],
    });
  });

  test('refuses a depth below 1 and what is no single dimension', () => {
    expect(() => rhnLayout({ name: 'r', input: 'embed', units: 's', depth: 0, dims })).toThrow(
      'rhnLayout: expected a whole recurrence depth of 1 or more, found 0',
    );
    expect(() =>
      rhnLayout({ name: 'r', input: 'embed', units: 's + embed', depth: 1, dims }),
    ).toThrow('rhnLayout: expected the name of one dimension as units, found "s + embed"');
  });
});
