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
const goalOf = (macs: number, fewest = { a: 1, b: 1, c: 1 }): Goal =>
  resolveGoals(
    { macs },
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
});
