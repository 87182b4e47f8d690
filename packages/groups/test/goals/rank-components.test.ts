import { describe, expect, test } from 'vitest';
import {
  componentsToRemove,
  parseLayout,
  rankComponents,
  resolveGoals,
  type Goal,
  type RankedComponent,
} from '../../src/index.ts';

// 6 a + 2 b + 0 c multiply-adds: what is looked up costs none.
const layout = parseLayout(`
  dims  a = 3   b = 3   c = 3
  x     a -> 6
  y     b -> 2
  z     c -> 5 [lookup]
`);
const sizes = layout.dims;
const goalOf = (macs: number, fewest = { a: 1, b: 1, c: 1 }, equal: string[][] = []): Goal =>
  resolveGoals(
    { macs, equal },
    {
      ...{ layout, dims: ['a', 'b', 'c'], fewest, which: '', more: '' },
      error: (...parts) => new Error(parts.join()),
    },
  )[0]!;
const names = (ranked: readonly RankedComponent[]): string[] =>
  ranked.map(({ dim, index }) => `${dim}${index}`);

describe('rankComponents', () => {
  test('ranks by norm over cost, and puts what saves nothing last', () => {
    const ranked = rankComponents(goalOf(12), sizes, {
      a: [1, 9, 6],
      b: [1, 4, 2],
      c: [0.1, 0, 1],
    });
    // a: 1/6, 1.5, 1; b: 0.5, 2, 1.
    expect(names(ranked)).toEqual(['a0', 'b0', 'a2', 'b2', 'a1', 'b1', 'c0', 'c2']);
    expect(ranked[1]).toEqual({ dim: 'b', index: 0, worth: 0.5, price: 2 });
  });

  test('leaves out what is gone: what has norm 0, or what it is told', () => {
    const norms = { a: [0, 6, 12], b: [8, 8, 8], c: [0, 0, 0] };
    expect(names(rankComponents(goalOf(12), sizes, norms))).toEqual(['a1', 'a2', 'b0', 'b1', 'b2']);
    const left = (dim: string, index: number): boolean => dim === 'a' && index !== 2;
    expect(names(rankComponents(goalOf(12), sizes, norms, left))).toEqual(['a0', 'a1']);
  });
});

describe('componentsToRemove', () => {
  const ranked = (goal: Goal): RankedComponent[] =>
    rankComponents(goal, sizes, { a: [1, 2, 3], b: [4, 5, 6], c: [1, 1, 1] });

  test('takes the first until the cost is within the target', () => {
    // 24 of them; without a0 and a1 they are 12, without b0 too 10.
    const removed = (macs: number): string[] =>
      names(componentsToRemove(goalOf(macs), ranked(goalOf(macs)), sizes));
    expect(removed(18)).toEqual(['a0']);
    expect(removed(12)).toEqual(['a0', 'a1']);
    expect(removed(11)).toEqual(['a0', 'a1', 'b0']);
  });

  test('passes over a dimension that has come down to its fewest', () => {
    const goal = goalOf(16, { a: 2, b: 1, c: 1 });
    expect(names(componentsToRemove(goal, ranked(goal), sizes))).toEqual(['a0', 'b0']);
  });

  describe('of dimensions of one size', () => {
    const equal = [['a', 'b']];
    const gone = (macs: number, norms: Record<string, number[]>, dims = sizes): string[] => {
      const goal = goalOf(macs, { a: 1, b: 1, c: 1 }, equal);
      return names(componentsToRemove(goal, rankComponents(goal, dims, norms), dims));
    };
    // 8 a pair. All of a are worth less than any of b.
    const norms = { a: [1, 2, 3], b: [4, 5, 6], c: [1, 1, 1] };

    test('takes pairs, so that none goes for nothing', () => {
      expect(gone(23, norms)).toEqual(['a0', 'b0']);
      expect(gone(16, norms)).toEqual(['a0', 'b0']);
      expect(gone(15, norms)).toEqual(['a0', 'b0', 'a1', 'b1']);
    });

    test('takes from the larger alone until both are of one size', () => {
      const smaller = { a: 2, b: 3, c: 3 };
      const two = { ...norms, a: [0, 2, 3] };
      expect(gone(16, two, smaller)).toEqual(['b0']);
      expect(gone(15, two, smaller)).toEqual(['b0', 'a1', 'b1']);
    });

    test('gives back one whose pair is still there', () => {
      // Worth 1/4, 2/5 and 2/4: a0 goes first, and c0 before b0, which is worth 4/4.
      const read = parseLayout('dims  a = 3  b = 3  c = 3\nx  a -> 6\ny  b -> 2\nz  c -> 5');
      const [goal] = resolveGoals(
        { macs: 34, equal },
        {
          ...{ layout: read, dims: ['a', 'b', 'c'], which: '', more: '' },
          error: (...parts) => new Error(parts.join()),
        },
      );
      const ranked = rankComponents(goal!, sizes, { ...norms, c: [2, 7, 8] });
      // 39 without anything gone; c0 alone makes 34.
      expect(names(ranked).slice(0, 3)).toEqual(['a0', 'c0', 'a1']);
      expect(names(componentsToRemove(goal!, ranked, sizes))).toEqual(['c0']);
    });
  });
});
