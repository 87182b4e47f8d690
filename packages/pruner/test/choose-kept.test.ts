import { parseLayout, type Weights } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { chooseKept, PrunerError, type ChooseKeptOptions } from '@secateur/pruner';
import { silence } from './random-network.ts';

// a^2 + ab + b^2 + 2b multiply-adds, 56 of them; a component of a costs 11, one of b 13.
const layout = parseLayout(`
  dims   a = 4   b = 4
  a/rnn  a -> a
  b/in   a -> b
  b/rnn  b -> b
  out    b -> 2
`);
const macs = (a: number, b: number): number => a * a + a * b + b * b + 2 * b;

/** Ones in all weights, but for what reads the named components. */
function ones(dead: Readonly<Record<string, readonly number[]>> = {}): Weights {
  const weights = Object.fromEntries(
    Object.entries(layout.weights).map(([name, { axes }]) => {
      const shape = axes.map(({ size }) => size);
      return [name, { shape, data: new Float32Array(shape.reduce((x, y) => x * y)).fill(1) }];
    }),
  );
  for (const [dim, indices] of Object.entries(dead)) {
    for (const k of indices) silence(weights, layout, dim, k);
  }
  return weights;
}

// Worth 1, 2, 3, 4 in a and 1.5, 5, 6, 7 in b.
const norms = { a: [11, 22, 33, 44], b: [19.5, 65, 78, 91] };
const choose = (options: ChooseKeptOptions, weights = ones()): ReturnType<typeof chooseKept> =>
  chooseKept(weights, layout, options);

describe('chooseKept', () => {
  test('removes what has the smallest norm for what it costs, until the target is met', () => {
    // a0, b0 and a1: 56, 45, 33, 25.
    expect(choose({ macs: 30, norms })).toEqual({
      kept: { a: [2, 3], b: [1, 2, 3] },
      removed: { a: [0, 1], b: [0] },
      exact: false,
      cost: { unit: 'multiply-adds', before: 56, after: 25, target: 30 },
    });
    expect(choose({ macs: 33, norms }).kept).toEqual({ a: [1, 2, 3], b: [1, 2, 3] });
  });

  test('counts bytes and units too', () => {
    expect(choose({ bytes: 0.5, norms })).toMatchObject({
      kept: { a: [2, 3], b: [1, 2, 3] },
      cost: { unit: 'bytes', before: 4 * 56, after: 4 * 25, target: 4 * 28 },
    });
    expect(choose({ units: { a: 0.5 }, norms })).toMatchObject({
      kept: { a: [2, 3], b: [0, 1, 2, 3] },
      cost: { unit: 'components of a', before: 4, after: 2, target: 2 },
    });
    expect(choose({ units: { a: 2, b: 3 }, norms })).toMatchObject({
      kept: { a: [2, 3], b: [1, 2, 3] },
      cost: { unit: 'components of a and components of b', before: 8, after: 5, target: 5 },
    });
  });

  test('takes the norms of the weights', () => {
    const weights = ones();
    // Component 2 of a writes and is read by less than the others.
    for (const i of [2, 6, 8, 9, 10, 11, 14]) weights['a/rnn']!.data[i] = 0.1;
    expect(choose({ units: { a: 3 } }, weights).removed).toEqual({ a: [2], b: [] });
  });

  test('keeps the first of components of one norm', () => {
    expect(choose({ units: { a: 2, b: 1 } }).kept).toEqual({ a: [0, 1], b: [0] });
  });

  test('touches no dimension but those it is told', () => {
    const { kept } = choose({ macs: 40, norms, dims: ['b'] });
    expect(kept).toEqual({ b: [2, 3] });
    expect(macs(4, 2)).toBeLessThanOrEqual(40);
    expect(macs(4, 3)).toBeGreaterThan(40);
  });
});

describe('roundTo of chooseKept', () => {
  test('makes sizes multiples, and gives back what saves nothing', () => {
    // a0 and a1 go as a pair; b0 alone would save nothing.
    expect(choose({ macs: 40, norms, roundTo: 2 })).toMatchObject({
      kept: { a: [2, 3], b: [0, 1, 2, 3] },
      cost: { after: macs(2, 4) },
    });
    expect(choose({ macs: 30, norms, roundTo: 2 })).toMatchObject({
      kept: { a: [2, 3], b: [2, 3] },
      cost: { after: macs(2, 2) },
    });
  });

  test('keeps dead components for it, the strongest, which is exact', () => {
    // The columns of component 3, which a/rnn has for it, are larger.
    const weights = ones({ a: [1, 2, 3] });
    weights['a/rnn']!.data[3] = 5;
    expect(choose({ macs: 40, roundTo: 2 }, weights)).toEqual({
      kept: { a: [0, 3], b: [0, 1, 2, 3] },
      removed: { a: [1, 2], b: [] },
      exact: true,
      cost: { unit: 'multiply-adds', before: 56, after: 36, target: 40 },
    });
  });

  test('never keeps more than the target for it', () => {
    expect(choose({ units: { a: 3 }, norms, roundTo: 2 }).kept['a']).toEqual([2, 3]);
    expect(() => choose({ units: { a: 2 }, norms, roundTo: 3 })).toThrow(
      'chooseKept: expected units of "a" that removing components can meet, found 2 where a network of a = 3 still costs 3 of 4 components of a; take 3 or more, or name more dimensions in dims.',
    );
  });
});

describe('equal of chooseKept', () => {
  const equal = [['a', 'b']];

  test('keeps dimensions of one size, the strongest of each', () => {
    // 3 n^2 + 2 n: 56, 33, 16.
    expect(choose({ macs: 30, norms, equal })).toMatchObject({
      kept: { a: [2, 3], b: [2, 3] },
      cost: { after: 16 },
    });
    expect(choose({ units: { a: 3 }, norms, equal })).toMatchObject({
      kept: { a: [1, 2, 3], b: [1, 2, 3] },
      cost: { before: 4, after: 3, target: 3 },
    });
  });

  test('keeps dead components for it', () => {
    const { kept, exact } = choose({ macs: 40, equal }, ones({ a: [0, 1, 2], b: [3] }));
    expect(kept).toEqual({ a: [0, 1, 3], b: [0, 1, 2] });
    expect(exact).toBe(true);
  });
});

describe('dead components in chooseKept', () => {
  test('are all that goes when that is enough', () => {
    // The dead one has the largest norm.
    const large = { ...norms, b: [19.5, 500, 78, 91] };
    expect(choose({ macs: 0.9, norms: large }, ones({ b: [1] }))).toEqual({
      kept: { a: [0, 1, 2, 3], b: [0, 2, 3] },
      removed: { a: [], b: [1] },
      exact: true,
      cost: { unit: 'multiply-adds', before: 56, after: 43, target: 0.9 * 56 },
    });
  });

  test('go before all others', () => {
    // With b at 3 a component of a costs 10 and one of b 11: worth 1.1 in a, 19.5 / 11 in b.
    const large = { ...norms, b: [19.5, 500, 78, 91] };
    const { kept, exact } = choose({ macs: 40, norms: large }, ones({ b: [1] }));
    expect(kept).toEqual({ a: [1, 2, 3], b: [0, 2, 3] });
    expect(exact).toBe(false);
  });

  test('can be a whole layer with atLeast 0, while one component stays of a layer that is read', () => {
    const weights = ones({ a: [0, 1, 2, 3] });
    expect(choose({ macs: 0.5, atLeast: 0 }, weights)).toMatchObject({
      kept: { a: [], b: [0, 1, 2, 3] },
      exact: true,
      cost: { after: 24 },
    });
    expect(choose({ macs: 3, atLeast: 0 }, weights)).toMatchObject({
      kept: { a: [], b: [0] },
      exact: false,
    });
    expect(() => choose({ macs: 2, atLeast: 0 }, weights)).toThrow(
      'where a network of a = 0, b = 1 still costs 3 of 56 multiply-adds; take 3 or more',
    );
  });
});

describe('what chooseKept refuses', () => {
  const nan = ones();
  nan['out']!.data[2] = NaN;
  test.each<[string, unknown, Weights, string]>([
    [
      'no options',
      undefined,
      ones(),
      'expected an object of options (macs, parameters, bytes, units, equal, dims, roundTo, atLeast, norms), found nothing; pass one.',
    ],
    [
      'nothing to count',
      {},
      ones(),
      'expected one of macs, parameters, bytes and units, found none',
    ],
    [
      'a target that cannot be met',
      { macs: 0.05 },
      ones(),
      'chooseKept: expected macs that removing components can meet, found 0.05 where one component of each dimension still costs 5 of 56 multiply-adds; take 0.09 or more, or name more dimensions in dims.',
    ],
    ['one below atLeast', { macs: 0.2, atLeast: 2 }, ones(), 'a = 2, b = 2 still costs 16 of 56'],
    ['half of atLeast', { macs: 0.5, atLeast: 0.5 }, ones(), 'expected atLeast as a whole number'],
    ['no roundTo', { macs: 0.5, roundTo: 0 }, ones(), 'expected roundTo as a whole number of 1'],
    ['another dimension', { macs: 0.5, dims: ['z'] }, ones(), 'found "z"; check its spelling'],
    ['half a set', { macs: 0.5, dims: ['a'], equal: [['a', 'b']] }, ones(), 'found only a; add'],
    [
      'units out of dims',
      { units: { b: 1 }, dims: ['a'] },
      ones(),
      'dimensions in dims (a), found',
    ],
    ['NaN', { macs: 0.5 }, nan, 'found NaN for component 1 of "b"; check the weights'],
    ['no norms', { macs: 0.5, norms: { a: [1, 2, 3, 4] } }, ones(), 'of "b", found none; leave'],
    ['few norms', { macs: 0.5, norms: { a: [1] } }, ones(), 'norms of the 4 components of "a"'],
    ['a norm below 0', { macs: 0.5, norms: { ...norms, a: [1, 2, 3, -1] } }, ones(), '-1 for comp'],
  ])('%s', (_, options, weights, message) => {
    const run = (): unknown => choose(options as ChooseKeptOptions, weights);
    expect(run).toThrow(PrunerError);
    expect(run).toThrow(message);
  });
});
