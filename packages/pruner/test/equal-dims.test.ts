import { parseLayout, type Weights } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { findRemovable, PrunerError } from '@secateur/pruner';

// Three layers side by side; the columns of a component are its strength.
const layout = parseLayout(`
  dims  a = 3   b = 3   c = 3   d = 2
  a/rnn  1 + a -> a
  b/rnn  1 + b -> b
  c/rnn  1 + c -> c
  d/rnn  1 + d -> d
  out    a + b + c + d -> 1
`);

/** Weights in which nothing reads the named components; those of larger number have larger columns. */
function weightsWith(dead: Readonly<Record<string, readonly number[]>>): Weights {
  const weights: Record<string, { shape: number[]; data: Float32Array }> = {};
  const out: number[] = [];
  for (const dim of ['a', 'b', 'c', 'd']) {
    const size = layout.dims[dim]!;
    const rnn = new Float32Array((1 + size) * size);
    for (let k = 0; k < size; k++) rnn[k] = 1 + k;
    weights[`${dim}/rnn`] = { shape: [1 + size, size], data: rnn };
    out.push(...Array.from({ length: size }, (_, k) => (dead[dim]?.includes(k) ? 0 : 1)));
  }
  return { ...weights, out: { shape: [out.length, 1], data: Float32Array.from(out) } };
}

describe('equal of findRemovable', () => {
  const weights = weightsWith({ a: [0, 1], b: [2], c: [0, 1, 2], d: [0] });

  test('keeps the strongest dead components until the dimensions of a set are of one size', () => {
    const { kept, removed, padded } = findRemovable(weights, layout, { equal: [['a', 'b']] });
    expect(kept).toEqual({ a: [1, 2], b: [0, 1], c: [2], d: [1] });
    expect(removed).toEqual({ a: [0], b: [2], c: [0, 1], d: [0] });
    // What atLeast keeps, in c, is no padding.
    expect(padded).toEqual({ a: [1], b: [], c: [], d: [] });
  });

  test('carries a size from set to set where they share a dimension', () => {
    const equal = [
      ['c', 'a'],
      ['a', 'b'],
    ];
    const { kept, padded } = findRemovable(weights, layout, { equal });
    expect(kept).toEqual({ a: [1, 2], b: [0, 1], c: [1, 2], d: [1] });
    expect(padded).toEqual({ a: [1], b: [], c: [1], d: [] });
  });

  test('leaves sets alone of which nothing is looked at', () => {
    const { kept } = findRemovable(weights, layout, { dims: ['d'], equal: [['a', 'b']] });
    expect(kept).toEqual({ d: [1] });
  });

  test('can leave nothing of all', () => {
    const none = weightsWith({ a: [0, 1, 2], b: [0, 1, 2] });
    const options = { dims: ['a', 'b'], equal: [['a', 'b']], atLeast: 0 };
    expect(findRemovable(none, layout, options).kept).toEqual({ a: [], b: [] });
  });

  test.each<[string, readonly string[], string[] | undefined, string]>([
    [
      'dimensions of two sizes',
      ['a', 'd'],
      undefined,
      'findRemovable: expected dimensions of one size to be kept equal, found a = 3, d = 2; take them apart in equal.',
    ],
    [
      'a set that is looked at in part',
      ['a', 'b'],
      ['a'],
      'findRemovable: expected a, b, whose sizes are to be equal, all in dims or none, found only a; add the others to dims.',
    ],
    ['a name that is no dimension', ['a', 'z'], undefined, 'found "z"; check its spelling.'],
  ])('refuses %s', (_, set, dims, message) => {
    const run = (): unknown =>
      findRemovable(weights, layout, { equal: [set], ...(dims && { dims }) });
    expect(run).toThrow(PrunerError);
    expect(run).toThrow(message);
  });
});

test('findRemovable refuses to look for nothing: a layout without recurrent dimensions', () => {
  const dense = parseLayout('dims h = 2\nin  1 -> h\nout  h -> 1');
  const weights = {
    in: { shape: [1, 2], data: new Float32Array(2) },
    out: { shape: [2, 1], data: new Float32Array(2) },
  };
  expect(() => findRemovable(weights, dense)).toThrow(
    'findRemovable: expected a recurrent dimension in the layout, one that a weight reads and writes, found none among h; name those to look at in dims.',
  );
  expect(findRemovable(weights, dense, { dims: ['h'] }).kept).toEqual({ h: [0] });
});
