import { rhnLanguageModelLayout, stackedLstmLayout } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  countMacs,
  countParameters,
  groupSize,
  issGroups,
  layoutShapes,
  layoutToJson,
  parseLayout,
  recurrentDims,
  resizeLayout,
} from '../src/index.ts';

const large = stackedLstmLayout({ vocab: 10_000, embed: 1500, hidden: [1500, 1500] });

describe('Table 1: stacked LSTM on PTB', () => {
  test('groups of (1500, 1500) have 24000 and 28000 entries', () => {
    const sets = issGroups(large);
    expect(sets.map(({ name, count }) => [name, count])).toEqual([
      ['h1', 1500],
      ['h2', 1500],
    ]);
    const shapes = layoutShapes(large);
    expect(sets.map((set) => groupSize(set, shapes))).toEqual([24_000, 28_000]);
    expect(sets.map((set) => groupSize(set, shapes, { unique: true }))).toEqual([23_996, 27_996]);
  });

  test.each([
    [1500, 1500, 66_022_000, 1],
    [373, 315, 21_824_148, 7.4875],
    [381, 535, 25_190_548, 5.0114],
  ])('(%i, %i) has %i parameters and a multiply-add ratio of %f', (h1, h2, parameters, ratio) => {
    const layout = resizeLayout(large, { h1, h2 });
    expect(countParameters(layout)).toBe(parameters);
    expect(countMacs(large) / countMacs(layout)).toBeCloseTo(ratio, 4);
  });

  test('the dense model needs 51 million multiply-adds a word', () => {
    expect(countMacs(large)).toBe(51_000_000);
  });
});

/** Section 1.3 of our notes: ten depths, each with a candidate `h` and a transform gate `t`, and a tied embedding. */
function highwayLayout(width: number): ReturnType<typeof parseLayout> {
  const lines = [`dims vocab = 10000 width = ${width}`, 'embedding vocab <-> width'];
  for (let depth = 0; depth < 10; depth++) {
    for (const part of ['h', 't']) {
      lines.push(`${part}_${depth}/matrix ${depth === 0 ? '2*width' : 'width'} -> width`);
      lines.push(`${part}_${depth}/bias -> width`);
    }
  }
  return parseLayout([...lines, 'softmax/bias -> vocab'].join('\n'));
}

describe('Table 2: recurrent highway network on PTB', () => {
  const paper = rhnLanguageModelLayout({ vocab: 10_000, width: 830, depth: 10 });

  test('one dimension runs through the embedding and all depths', () => {
    expect(layoutToJson(paper)).toEqual({
      dims: { vocab: 10_000, width: 830 },
      weights: {
        embedding: 'vocab <-> width',
        'rhn/kernel': 'width -> 2*width',
        'rhn/recurrent': 'width -> 20*width',
        'rhn/bias': '-> 20*width',
        'softmax/bias': '-> vocab',
      },
    });
    expect(recurrentDims(paper)).toEqual(['width']);
  });

  test.each([
    ['its own layout', paper],
    ['the matrices of the original code', highwayLayout(830)],
  ])('the groups of width 830 have 46520 entries in %s', (_, layout) => {
    const [set, ...others] = issGroups(layout);
    expect(others).toEqual([]);
    expect(set!.count).toBe(830);
    expect(groupSize(set!, layoutShapes(layout))).toBe(46_520);
  });

  test.each([
    [830, 23_482_400, 23_455_800],
    [726, 18_880_192, 18_855_672],
    [517, 11_070_698, 11_050_358],
    [403, 7_621_058, 7_602_998],
    [328, 5_663_408, 5_646_848],
  ])('width %i has %i parameters and %i multiply-adds', (width, parameters, macs) => {
    for (const layout of [resizeLayout(paper, { width }), highwayLayout(width)]) {
      expect(countParameters(layout)).toBe(parameters);
      expect(countMacs(layout)).toBe(macs);
    }
  });
});
