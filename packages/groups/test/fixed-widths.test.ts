import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countParameters,
  describeLayout,
  fixDims,
  formatLayout,
  GroupError,
  issGroups,
  layoutFromJson,
  layoutShapes,
  layoutToJson,
  mergeLayouts,
  parseLayout,
  recurrentDims,
  resizeLayout,
  type Layout,
} from '../src/index.ts';
import { anyLayout } from './any-layout.ts';

const text = `dims  h2 = 3
fixed  embed = 2  h1 = 4

lstm1/kernel     embed -> 4*h1
lstm1/recurrent  h1 -> 4*h1
lstm2/kernel     h1 + 2*(h1 + h2) -> 4*h2
lstm2/recurrent  h2 -> 4*h2
`;
const layout = parseLayout(text);
const free = parseLayout(text.replace('dims  h2 = 3\nfixed', 'dims  h2 = 3'));

describe('fixed widths', () => {
  test('have names in axes and belong to no dimension', () => {
    expect(layout.dims).toEqual({ h2: 3 });
    expect(layout.fixed).toEqual({ embed: 2, h1: 4 });
    expect(layoutShapes(layout)).toEqual(layoutShapes(free));
    expect(layout.weights['lstm2/kernel']!.axes[0]!.segments).toEqual([
      { dim: undefined, start: 0, size: 4 },
      { dim: undefined, start: 4, size: 4 },
      { dim: 'h2', start: 8, size: 3 },
      { dim: undefined, start: 11, size: 4 },
      { dim: 'h2', start: 15, size: 3 },
    ]);
  });

  test('have no groups, though a weight reads and writes them', () => {
    expect(recurrentDims(free)).toEqual(['h2', 'h1']);
    expect(recurrentDims(layout)).toEqual(['h2']);
    expect(issGroups(layout)).toEqual(issGroups(free, { dims: ['h2'] }));
    expect(() => issGroups(layout, { dims: ['h1'] })).toThrow(
      'issGroups: expected a dimension of the layout, found the fixed width "h1"; leave it out, or declare it under dims',
    );
  });

  test('are what fixDims makes of dimensions', () => {
    const kept = fixDims(free, ['embed', 'h1']);
    expect(kept).toEqual(layout);
    expect(fixDims(fixDims(free, ['embed']), ['h1'])).toEqual(layout);
    expect(fixDims(free, [])).toEqual(free);
    expect(free.fixed).toBeUndefined();
    expect(() => fixDims(layout, ['h1'])).toThrow(
      'fixDims: expected a dimension of the layout, found the fixed width "h1"',
    );
    expect(() => fixDims(layout, ['h3'])).toThrow(
      'fixDims: expected a dimension of the layout, found "h3"; did you mean "h2"?',
    );
  });

  test('stay when dimensions get other sizes, and have none themselves', () => {
    const small = resizeLayout(layout, { h2: 0 });
    expect(layoutShapes(small)['lstm2/kernel']).toEqual([12, 0]);
    expect(small.fixed).toEqual(layout.fixed);
    expect(() => resizeLayout(layout, { h1: 3 })).toThrow(
      'resizeLayout: expected a dimension of the layout, found the fixed width "h1"',
    );
  });

  test('may be 0, unlike widths without a name', () => {
    const none = parseLayout('dims h = 2\nfixed x = 0\nw x + h -> h');
    expect(layoutShapes(none)).toEqual({ w: [2, 2] });
    expect(() => parseLayout('dims h = 2\nw 0 + h -> h')).toThrow('a number of at least 1');
  });

  test('are written and read back, as text and as JSON', () => {
    expect(formatLayout(layout)).toBe(text);
    expect(layoutToJson(layout)).toEqual({
      dims: { h2: 3 },
      fixed: { embed: 2, h1: 4 },
      weights: layoutToJson(free).weights,
    });
    expect(layoutFromJson(layoutToJson(layout))).toEqual(layout);
    expect(Object.keys(layoutToJson(free))).toEqual(['dims', 'weights']);
    const named = parseLayout('dims h = 1\n"fixed"  h -> 1');
    expect(parseLayout(formatLayout(named))).toEqual(named);
  });

  test('are shared by merged layouts, of one size and one kind', () => {
    const head = parseLayout('fixed h1 = 4 out = 1\nhead h1 -> out');
    expect(mergeLayouts(layout, head).fixed).toEqual({ embed: 2, h1: 4, out: 1 });
    for (const pair of [
      [free, head],
      [head, free],
    ] as const) {
      expect(() => mergeLayouts(...pair)).toThrow(
        'mergeLayouts: expected "h1" as a dimension or as a fixed width, found both; merge first and call fixDims on the result',
      );
    }
    expect(() => mergeLayouts(layout, parseLayout('fixed h1 = 5\nhead h1 -> 1'))).toThrow(
      'expected one size for "h1", found 4 and 5',
    );
  });

  test('are shown to a person as what they are', () => {
    const lines = describeLayout(layout).split('\n');
    expect(lines.slice(1, 4).map((line) => line.split(/ {2,}/))).toEqual([
      // 4 columns of 18 + 3, a recurrent row of 12, two input rows of 12.
      ['h2', '3', '120'],
      ['embed', '2', 'fixed'],
      ['h1', '4', 'fixed'],
    ]);
  });

  test.each<[string, () => Layout, string]>([
    [
      'a name of both kinds',
      () => parseLayout('dims a = 1\nfixed a = 1\nw a -> a'),
      'parseLayout: expected "a" as a dimension or as a fixed width, found both; remove one',
    ],
    [
      'one that no weight uses',
      () => parseLayout('dims a = 1\nfixed b = 1\nw a -> a'),
      'parseLayout: expected every dimension and fixed width in some weight, found "b" in none',
    ],
    [
      'a size that is none',
      () => layoutFromJson({ dims: {}, fixed: { a: -1 }, weights: { w: 'a -> a' } }),
      'layoutFromJson: expected a whole size of at least 0 for "a", found -1',
    ],
    [
      'a list of names',
      () => layoutFromJson({ dims: { a: 1 }, fixed: ['a'], weights: { w: 'a -> a' } }),
      'found a list as "fixed"',
    ],
    [
      'a line of theirs without sizes',
      () => parseLayout('dims a = 1\nfixed a -> a'),
      'parseLayout: line 2: expected "name = size" pairs with whole sizes, found "a -> a"; write for instance "fixed embed = 20  h1 = 10"',
    ],
    [
      'a name that resembles one',
      () => parseLayout('fixed embed = 1\nw embd -> 1'),
      'expected a declared dimension, found "embd"; did you mean "embed"?',
    ],
  ])('refuse %s', (_, run, message) => {
    expect(run).toThrow(GroupError);
    expect(run).toThrow(message);
  });

  test('change no shape and no count of any layout, and leave the groups of the others', () => {
    fc.assert(
      fc.property(anyLayout, fc.infiniteStream(fc.boolean()), (any, coins) => {
        const held = Object.keys(any.dims).filter(() => coins.next().value);
        const fixed = fixDims(any, held);
        expect(layoutShapes(fixed)).toEqual(layoutShapes(any));
        expect(countParameters(fixed)).toBe(countParameters(any));
        expect(issGroups(fixed)).toEqual(issGroups(any).filter((set) => !held.includes(set.name)));
        expect(parseLayout(formatLayout(fixed))).toEqual(fixed);
      }),
    );
  });
});
