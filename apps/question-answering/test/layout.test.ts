import {
  countParameters,
  groupSize,
  issGroups,
  layoutFromJson,
  layoutShapes,
  layoutToJson,
  resizeLayout,
  type Layout,
} from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { bidafLayout } from '../src/network/layout.ts';
import { dense, published, sizesOf } from '../src/network/published.ts';

const vocabulary = { words: 1150, chars: 200 };
const paper = bidafLayout({ ...vocabulary, groups: 'paper' });
const exact = bidafLayout(vocabulary);
const all = bidafLayout({ ...vocabulary, groups: 'all' });

const groupSizes = (layout: Layout): Record<string, number> =>
  Object.fromEntries(
    issGroups(layout).map((set) => [set.name, groupSize(set, layoutShapes(layout))]),
  );

describe('groups of BiDAF', () => {
  test('are those of the ISS code', () => {
    expect(groupSizes(paper)).toEqual({
      'modelling1/fw': 4800,
      'modelling1/bw': 4800,
      'modelling2/fw': 3201,
      'modelling2/bw': 3201,
      'output/fw': 6401,
      'output/bw': 6401,
    });
  });

  test('hold the rows of a1 by default, so that what they remove can go', () => {
    expect(groupSizes(exact)).toEqual({
      ...groupSizes(paper),
      // Two LSTMs read a1, each with 4 * 100 columns.
      'modelling2/fw': 3201 + 800,
      'modelling2/bw': 3201 + 800,
    });
  });

  test('can be those of the contextual LSTM and the filters as well', () => {
    // Columns 4 * (200 + 100), a row of 400; read three times by attention, four times by each LSTM and each pointer.
    const context = 1200 + 400 + 3 + 2 * 4 * 400 + 4 + 2 * 4 * 400 + 4;
    // A column of 40; a row of 400 and two columns of 200 in each highway layer; a row of 400 in each contextual LSTM.
    const filters = 40 + 2 * (400 + 2 * 200) + 2 * 400;
    expect([context, filters]).toEqual([8011, 2440]);
    expect(groupSizes(all)).toEqual({
      filters,
      'context/fw': context,
      'context/bw': context,
      ...groupSizes(exact),
    });
  });

  test('lie where the group file of the ISS code has them, but for the order that pointers read in', () => {
    const set = issGroups(paper).find(({ name }) => name === 'modelling2/bw')!;
    const at = (name: string): [number, number][] =>
      set.slices.filter(({ weight }) => weight === name).map(({ axis, start }) => [axis, start]);
    expect(at('modelling2/bw/kernel')).toEqual([0, 100, 200, 300].map((start) => [1, start]));
    expect(at('modelling2/bw/recurrent')).toEqual([
      [0, 0],
      ...[0, 100, 200, 300].map((start) => [1, start]),
    ]);
    // Behind p0, 800 wide; the ISS code's pointers read [g1, p0].
    expect(at('start/kernel')).toEqual([[0, 900]]);
    for (const way of ['fw', 'bw']) {
      // [p0 800, g1 200, a1 200, g1 * a1 200]
      expect(at(`output/${way}/kernel`)).toEqual([
        [0, 900],
        [0, 1300],
      ]);
    }
    expect(set.slices).toHaveLength(4 + 5 + 1 + 2 * 2);
  });
});

describe('the layout of BiDAF', () => {
  test('has the shapes that the network reads', () => {
    const small = bidafLayout({
      words: 9,
      chars: 7,
      window: 3,
      units: 4,
      sizes: {
        word: 6,
        char: 2,
        filters: 5,
        'context/bw': 3,
        'modelling1/fw': 2,
        'modelling2/bw': 1,
        'output/fw': 7,
      },
    });
    expect(layoutShapes(small)).toEqual({
      words: [9, 6],
      chars: [7, 2],
      'charCnn/kernel': [6, 5],
      'charCnn/bias': [5],
      'highway1/kernel': [11, 22],
      'highway1/bias': [22],
      'highway2/kernel': [11, 22],
      'highway2/bias': [22],
      'context/fw/kernel': [11, 16],
      'context/fw/recurrent': [4, 16],
      'context/fw/bias': [16],
      'context/bw/kernel': [11, 12],
      'context/bw/recurrent': [3, 12],
      'context/bw/bias': [12],
      'attention/kernel': [21, 1],
      'modelling1/fw/kernel': [28, 8],
      'modelling1/fw/recurrent': [2, 8],
      'modelling1/fw/bias': [8],
      'modelling1/bw/kernel': [28, 16],
      'modelling1/bw/recurrent': [4, 16],
      'modelling1/bw/bias': [16],
      'modelling2/fw/kernel': [6, 16],
      'modelling2/fw/recurrent': [4, 16],
      'modelling2/fw/bias': [16],
      'modelling2/bw/kernel': [6, 4],
      'modelling2/bw/recurrent': [1, 4],
      'modelling2/bw/bias': [4],
      'start/kernel': [33, 1],
      'output/fw/kernel': [43, 28],
      'output/fw/recurrent': [7, 28],
      'output/fw/bias': [28],
      'output/bw/kernel': [43, 16],
      'output/bw/recurrent': [4, 16],
      'output/bw/bias': [16],
      'end/kernel': [39, 1],
    });
    expect(layoutFromJson(layoutToJson(small))).toEqual(small);
  });

  test('has the same shapes whatever its groups are', () => {
    const sizes = { 'modelling2/fw': 7, 'modelling2/bw': 0, filters: 30 };
    const [first, ...others] = (['exact', 'paper', 'all'] as const).map((groups) =>
      layoutShapes(bidafLayout({ ...vocabulary, sizes, groups })),
    );
    for (const shapes of others) expect(shapes).toEqual(first);
  });

  test('refuses a size of no dimension', () => {
    expect(() => bidafLayout({ ...vocabulary, sizes: { 'modeling1/fw': 50 } })).toThrow(
      'expected sizes of dimensions that a layer names, found "modeling1/fw"; did you mean "modelling1/fw"?',
    );
    expect(() => bidafLayout({ ...vocabulary, sizes: { 'output/fw': -1 } })).toThrow(
      'expected a whole size of at least 0 for "output/fw", found -1',
    );
  });
});

/** Numbers of trained embedding weights with which a layout's count, printed as the paper prints, is `row.weights`. */
function embeddingsFor(layout: Layout): { from: number; to: number } {
  const range = { from: -Infinity, to: Infinity };
  for (const row of [dense, ...published]) {
    const rest = countParameters(resizeLayout(layout, { ...sizesOf(row), words: 0, chars: 0 }));
    // The ISS code has three biases that we have not: of the attention and of both pointers.
    const middle = Math.round(row.weights * 1e6) - rest - 3;
    range.from = Math.max(range.from, middle - 5000);
    range.to = Math.min(range.to, middle + 5000);
  }
  return range;
}

/** What the paper counts, three biases included, and what is left of our network, for {@link published} in order. */
const counts = [
  [2_083_250, 2_063_567],
  [1_479_370, 1_453_847],
  [1_029_913, 1_012_150],
  [1_014_191, 997_448],
  [2_287_668, 2_273_385],
  [1_173_906, 1_148_703],
  [951_804, 928_865],
  [876_804, 856_521],
] as const;

describe("the weights of the paper's Tables 3 and 4", () => {
  test('are counted with the rows of a1 left, between 114,796 and 117,409 of them in trained embeddings', () => {
    expect(embeddingsFor(paper)).toEqual({ from: 114_796, to: 117_409 });
    const base = countParameters(resizeLayout(paper, { words: 0, chars: 0 })) + 3;
    expect(base).toBe(2_570_703);
    expect([base + 114_796, base + 117_409]).toEqual([2_685_499, 2_688_112]);
  });

  test('fit no number of embeddings when these rows are gone', () => {
    const { from, to } = embeddingsFor(exact);
    expect(from).toBeGreaterThan(to);
  });

  // 1,150 words and 200 characters make 116,600 weights of embeddings: one of the pairs that fit.
  test.each([
    [dense, 2_687_303, 2_687_300] as const,
    ...published.map((row, i) => [row, ...counts[i]!] as const),
  ])('$table, $units: $weights million', (row, counted, left) => {
    const countedAs = countParameters(resizeLayout(paper, sizesOf(row))) + 3;
    expect(countedAs).toBe(counted);
    expect((countedAs / 1e6).toFixed(2)).toBe(row.weights.toFixed(2));
    expect(countParameters(resizeLayout(exact, sizesOf(row)))).toBe(left);
  });
});
