import fc from 'fast-check';
import { parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { expand, prune } from '../src/index.ts';

const layout = parseLayout(`
  dims in = 2  h = 3
  kernel     in -> 4*h
  recurrent  h -> 4*h
  bias       -> 4*h
  out        h -> 2
`);
const sizes: Record<string, number[]> = {
  kernel: [2, 12],
  recurrent: [3, 12],
  bias: [12],
  out: [3, 2],
};

describe('expand', () => {
  test('puts rows and gate columns back where they stood', () => {
    const small = {
      kernel: { shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      recurrent: { shape: [1, 4], data: Float32Array.of(9, 10, 11, 12) },
      bias: { shape: [4], data: Float32Array.of(13, 14, 15, 16) },
      out: { shape: [1, 2], data: Float32Array.of(17, 18) },
    };
    const full = expand(small, layout, { h: [1] });
    expect([...full['bias']!.data]).toEqual([0, 13, 0, 0, 14, 0, 0, 15, 0, 0, 16, 0]);
    expect([...full['out']!.data]).toEqual([0, 0, 17, 18, 0, 0]);
    expect([...full['recurrent']!.data.slice(12, 24)]).toEqual([
      0, 9, 0, 0, 10, 0, 0, 11, 0, 0, 12, 0,
    ]);
    expect(full['kernel']!.shape).toEqual([2, 12]);
  });

  test('pruning what was expanded gives the pruned weights again', () => {
    fc.assert(
      fc.property(
        fc.subarray([0, 1, 2], { minLength: 1 }),
        fc.infiniteStream(fc.float()),
        (h, values) => {
          const weights = Object.fromEntries(
            Object.entries(sizes).map(([name, shape]) => {
              const length = shape.reduce((a, b) => a * b, 1);
              return [
                name,
                { shape, data: Float32Array.from({ length }, () => values.next().value) },
              ];
            }),
          );
          const small = prune(weights, layout, { h }).weights;
          expect(prune(expand(small, layout, { h }), layout, { h }).weights).toEqual(small);
        },
      ),
    );
  });

  test('says which weight does not fit', () => {
    const out = { shape: [1, 2], data: new Float32Array(2) };
    expect(() => expand({ out }, layout, { h: [0] })).toThrow(
      'expand: expected weight "kernel" of shape [2, 4], as prune leaves it',
    );
  });
});
