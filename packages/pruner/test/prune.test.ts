import { formatLayout, parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { prune, PrunerError } from '@secateur/pruner';

const layout = parseLayout('dims  a = 2  b = 2 \n w  a + 1 -> 2*(a + b) \n bias -> 2*(a + b)');
const weights = {
  // Value: ten times the row plus the column.
  w: {
    shape: [3, 8],
    data: Float32Array.from({ length: 24 }, (_, i) => 10 * Math.floor(i / 8) + (i % 8)),
  },
  bias: { shape: [8], data: Float32Array.from({ length: 8 }, (_, i) => i) },
};

describe('prune', () => {
  test('cuts the kept indices out of every segment', () => {
    const pruned = prune(weights, layout, { a: [1] });
    expect(pruned.weights['w']).toEqual({
      shape: [2, 6],
      data: Float32Array.of(11, 12, 13, 15, 16, 17, 21, 22, 23, 25, 26, 27),
    });
    expect(pruned.weights['bias']).toEqual({ shape: [6], data: Float32Array.of(1, 2, 3, 5, 6, 7) });
    expect(pruned.layout.dims).toEqual({ a: 1, b: 2 });
    expect(pruned.layout.weights['w']!.axes.map((axis) => axis.size)).toEqual([2, 6]);
  });

  test('cuts two dimensions of one weight at once', () => {
    const pruned = prune(weights, layout, { a: [0], b: [1] });
    expect([...pruned.weights['w']!.data]).toEqual([0, 3, 4, 7, 20, 23, 24, 27]);
  });

  test('gives the same in one step as in two', () => {
    const once = prune(weights, layout, { a: [0], b: [1] });
    const first = prune(weights, layout, { a: [0] });
    const twice = prune(first.weights, first.layout, { b: [1] });
    expect(twice.weights).toEqual(once.weights);
    expect(formatLayout(twice.layout)).toBe(formatLayout(once.layout));
  });

  test('returns copies and leaves the old arrays as they are, even when nothing goes', () => {
    const before = structuredClone(weights);
    const pruned = prune(weights, layout, {});
    expect(pruned.weights).toEqual(weights);
    pruned.weights['w']!.data[0] = 99;
    expect(weights).toEqual(before);
  });

  test('cuts along every axis of a weight of rank 3', () => {
    const cube = parseLayout('dims  c = 2  d = 3 \n conv  2, c -> d');
    const data = Float32Array.from({ length: 12 }, (_, i) => i);
    const pruned = prune({ conv: { shape: [2, 2, 3], data } }, cube, { c: [1], d: [0, 2] });
    expect(pruned.weights['conv']).toEqual({
      shape: [2, 1, 2],
      data: Float32Array.of(3, 5, 9, 11),
    });
  });

  test.each([
    [{ a: [1, 0] }, 'expected ascending indices from 0 to 1 for "a", found 0 after 1'],
    [{ a: [0, 0] }, 'found 0 after 0'],
    [{ a: [2] }, 'found 2 after -1'],
    [{ a: [0.5] }, 'found 0.5 after -1'],
    [{ z: [0] }, 'expected kept indices for dimensions of the layout (a, b), found "z"'],
  ])('refuses kept indices %j', (kept, message) => {
    expect(() => prune(weights, layout, kept)).toThrow(PrunerError);
    expect(() => prune(weights, layout, kept)).toThrow(message);
  });
});
