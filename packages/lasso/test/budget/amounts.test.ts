import {
  parseLayout,
  resolveGoals,
  type CostTarget,
  type Goal,
  type Layout,
} from '@secateur/groups';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsFor, GONE } from '../../src/budget/amounts.ts';

const goalOf = (layout: Layout, target: CostTarget): Goal =>
  resolveGoals(target, {
    layout,
    dims: Object.keys(layout.dims),
    which: '',
    more: '',
    error: (...parts) => new Error(parts.join()),
  })[0]!;

/** Costs `6 a + 2 b`, so that a component of `a` is worth a third of one of `b` with the same norm. */
const linear = (target: number, equal: string[][] = []): Goal =>
  goalOf(parseLayout('dims a = 3  b = 3\nx  a -> 6\ny  b -> 2'), { parameters: target, equal });

const later = { left: 100, window: 200, interval: 10 };

describe('amountsFor', () => {
  test('lets the last component that has to go decide, by its norm over what it costs', () => {
    // Worth 1/6, 2/6, 6/6 in a and 0.5, 1, 4 in b. 24 - 6 - 6 = 12 is not yet 11; the next in line is b's first.
    const norms = { a: [1, 2, 6], b: [1, 2, 8] };
    const { a, b } = amountsFor(linear(11), { ...later, norms });
    // All lose that over the window of 200, which is half of what the middle one of those that stay is worth; those that go
    // have 33, 67 and 100 steps.
    const common = 0.5 / 200;
    const close = (list: number[]): unknown =>
      list.map((each): unknown => expect.closeTo(each, 12));
    expect(a).toEqual(close([1 / (100 / 3), 2 / (200 / 3), 6 * common]));
    expect(b).toEqual(close([1 / 100, 2 * common, 2 * common]));
  });

  test('has the first to go gone earlier than the last, so that the cost falls bit by bit', () => {
    // Worth 1 each in a, of which two have to go: in 50 steps and in 100.
    const norms = { a: [6, 6, 6], b: [8, 8, 8] };
    const { a, b } = amountsFor(linear(12), { ...later, norms });
    expect(a).toEqual([6 / 50, 6 / 100, 6 / 200]);
    expect(b).toEqual([2 / 200, 2 / 200, 2 / 200]);
  });

  test('leaves those that stay half of what the middle one of them is worth, where all are worth the same', () => {
    const norms = { a: [6, 6, 6], b: [2, 2, 2] };
    const { a, b } = amountsFor(linear(18), { ...later, norms });
    expect(a).toEqual([6 / 100, 6 / 400, 6 / 400]);
    expect(b).toEqual([2 / 400, 2 / 400, 2 / 400]);
  });

  test('has those that are late gone within the steps to the next look', () => {
    const norms = { a: [1, 6, 6], b: [8, 8, 8] };
    const { a } = amountsFor(linear(18), { ...later, left: 3, norms });
    expect(a![0]).toBeCloseTo(1 / 10, 12);
    expect(a![1]).toBeCloseTo((6 * (1 / 6)) / 200, 12);
  });

  test('spares a component that is not to go and would be gone before the next look', () => {
    // The first of a has to go. The second is worth a little more, and at 1 / 4 a step would not outlive 11 steps.
    const norms = { a: [1, 1.01, 6], b: [8, 8, 8] };
    const { a } = amountsFor(linear(18), { ...later, left: 4, window: 4, norms });
    expect(a).toEqual([1 / 4, 0, 1 / 4].map((each): unknown => expect.closeTo(each, 12)));
  });

  test('removes at once what is left to go when no steps are left', () => {
    const norms = { a: [1, 2, 6], b: [1, 2, 8] };
    expect(amountsFor(linear(11), { ...later, left: 0, norms })).toEqual({
      a: [GONE, GONE, 0],
      b: [GONE, 0, 0],
    });
  });

  test('shrinks nothing when the target is met, and keeps gone what is gone', () => {
    const norms = { a: [0, 0, 6], b: [1, 0, 8] };
    expect(amountsFor(linear(10), { ...later, norms })).toEqual({
      a: [GONE, GONE, 0],
      b: [0, GONE, 0],
    });
  });

  test('keeps one component of each dimension', () => {
    const norms = { a: [1, 2, 3], b: [40, 50, 60] };
    const { a, b } = amountsFor(linear(8), { ...later, left: 0, norms });
    expect(a).toEqual([GONE, GONE, 0]);
    expect(b).toEqual([GONE, GONE, 0]);
  });

  test('counts dimensions of one size as large as the larger, and lets their components compete as pairs', () => {
    // 8 a pair, so 4 for each: worth 1/4, 2/4, 3/4 and 1/4, 2/4, 9/4.
    const norms = { a: [1, 2, 3], b: [1, 2, 9] };
    expect(amountsFor(linear(16, [['a', 'b']]), { ...later, left: 0, norms })).toEqual({
      a: [GONE, 0, 0],
      b: [GONE, 0, 0],
    });
  });

  test('counts the components of one dimension', () => {
    const goal = goalOf(parseLayout('dims h = 4\nx  h -> 1'), { units: { h: 2 } });
    expect(amountsFor(goal, { ...later, left: 0, norms: { h: [3, 1, 2, 4] } })).toEqual({
      h: [0, GONE, GONE, 0],
    });
  });

  test('spares the weaker of two dimensions of one size when less of it saves nothing', () => {
    // All of a are worth less than any of b; two pairs have to go.
    const norms = { a: [1, 2, 3], b: [10, 20, 30] };
    expect(amountsFor(linear(8, [['a', 'b']]), { ...later, left: 0, norms })).toEqual({
      a: [GONE, GONE, 0],
      b: [GONE, GONE, 0],
    });
    const units = goalOf(parseLayout('dims a = 3  b = 3\nx  a -> 1\ny  b -> 1'), {
      ...{ units: { a: 2 }, equal: [['a', 'b']] },
    });
    expect(amountsFor(units, { ...later, left: 0, norms })).toEqual({
      a: [GONE, 0, 0],
      b: [GONE, 0, 0],
    });
  });

  test('has both of a pair gone by neighboring steps', () => {
    // They go in the order a0, b0, a1, b1, by 25, 50, 75 and 100 steps.
    const norms = { a: [1, 2, 3], b: [10, 20, 30] };
    const { a, b } = amountsFor(linear(8, [['a', 'b']]), { ...later, norms });
    // Half of what b2 has, the middle of those that stay, is less than the 20 of the last to go.
    const common = 15 / 200;
    expect(a).toEqual([common, common, common]);
    expect(b).toEqual([10 / 50, 20 / 100, common]);
  });

  test('meets any target that can be met, to within one component', () => {
    const norm = fc.double({ min: 0.01, max: 10, noNaN: true });
    const list = fc.array(norm, { minLength: 1, maxLength: 12 });
    const share = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(list, list, share, fc.boolean(), fc.nat(3), (a, drawn, share, tied, scale) => {
        // Dimensions of one size, of which one may have much larger norms.
        const b = tied ? a.map((_, i) => 10 ** scale * drawn[i % drawn.length]!) : drawn;
        // As in a network: each dimension costs more the larger the other is.
        const dims = `dims a = ${a.length}  b = ${b.length}`;
        const layout = parseLayout(`${dims}\nx  a -> a\ny  a -> b\nz  b -> 5`);
        const cost = ({ a: i = 0, b: j = 0 }): number => i * i + i * j + 5 * j;
        const [whole, least] = [cost({ a: a.length, b: b.length }), cost({ a: 1, b: 1 })];
        fc.pre(whole > least);
        const parameters = least + share * (whole - least);
        const goal = goalOf(layout, { parameters, equal: tied ? [['a', 'b']] : [] });
        const amounts = amountsFor(goal, { ...later, left: 0, norms: { a, b } });
        const left = (dim: string): number => amounts[dim]!.filter((each) => each !== GONE).length;
        const sizes = { a: left('a'), b: left('b') };
        expect(cost(sizes)).toBeLessThanOrEqual(goal.target);
        if (tied) expect(sizes.a).toBe(sizes.b);
        if (cost(sizes) === whole) return;
        const more = tied ? [{ a: 1, b: 1 }] : [{ a: 1 }, { b: 1 }];
        const dearer = more.map(({ a: i = 0, b: j = 0 }) =>
          cost({ a: sizes.a + i, b: sizes.b + j }),
        );
        expect(Math.max(...dearer)).toBeGreaterThan(goal.target);
      }),
    );
  });
});
