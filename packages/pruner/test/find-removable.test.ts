import { parseLayout, type Weights } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { findRemovable, PrunerError } from '@secateur/pruner';

const layout = parseLayout(`
  dims  e = 2   h = 3
  lstm/kernel     e -> 4*h
  lstm/recurrent  h -> 4*h
  lstm/bias         -> 4*h
  out             h -> 2
`);

/** Ones everywhere, so that a test only says what is zero. */
function ones(): Record<string, { shape: number[]; data: Float32Array }> {
  const array = (...shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
  });
  return {
    'lstm/kernel': array(2, 12),
    'lstm/recurrent': array(3, 12),
    'lstm/bias': array(12),
    out: array(3, 2),
  };
}

function clearRow(weights: Weights, name: string, row: number): void {
  const { data, shape } = weights[name]!;
  data.fill(0, row * shape[1]!, (row + 1) * shape[1]!);
}

describe('findRemovable', () => {
  test('keeps everything of a dense network', () => {
    expect(findRemovable(ones(), layout)).toEqual({
      kept: { h: [0, 1, 2] },
      removed: { h: [] },
      padded: { h: [] },
      exact: true,
    });
  });

  test('removes a unit that nothing reads, whatever its biases and columns are', () => {
    const weights = ones();
    clearRow(weights, 'lstm/recurrent', 1);
    clearRow(weights, 'out', 1);
    expect(findRemovable(weights, layout)).toEqual({
      kept: { h: [0, 2] },
      removed: { h: [1] },
      padded: { h: [] },
      exact: true,
    });
  });

  test.each(['lstm/recurrent', 'out'])('keeps a unit that %s alone reads', (reader) => {
    const weights = ones();
    for (const name of ['lstm/recurrent', 'out']) if (name !== reader) clearRow(weights, name, 1);
    expect(findRemovable(weights, layout).removed).toEqual({ h: [] });
  });

  test('keeps a unit that a single entry reads', () => {
    const weights = ones();
    clearRow(weights, 'lstm/recurrent', 1);
    clearRow(weights, 'out', 1);
    weights['lstm/recurrent']!.data[12 + 11] = 1e-30;
    expect(findRemovable(weights, layout).removed).toEqual({ h: [] });
  });

  test('keeps a unit whose columns are zero while others read it', () => {
    const weights = ones();
    for (const name of ['lstm/kernel', 'lstm/recurrent', 'lstm/bias']) {
      const { data } = weights[name]!;
      for (let i = 1; i < data.length; i += 3) data[i] = 0;
    }
    expect(findRemovable(weights, layout).removed).toEqual({ h: [] });
  });

  test('treats minus zero as zero and NaN as alive', () => {
    const weights = ones();
    for (const row of [0, 1]) {
      clearRow(weights, 'lstm/recurrent', row);
      clearRow(weights, 'out', row);
    }
    weights['out']!.data[0] = -0;
    weights['out']!.data[2] = NaN;
    expect(findRemovable(weights, layout).removed).toEqual({ h: [0] });
  });

  test('looks past entries that only feed a component already found removable', () => {
    const weights = ones();
    for (const row of [0, 1]) {
      clearRow(weights, 'lstm/recurrent', row);
      clearRow(weights, 'out', row);
    }
    // Unit 0 is read only where it writes the input gate of unit 1, which nothing reads.
    weights['lstm/recurrent']!.data[1] = 5;
    expect(findRemovable(weights, layout).removed).toEqual({ h: [0, 1] });
  });

  test('unravels a chain of layers from its dead end', () => {
    const chain = parseLayout(`
      dims a = 2  b = 2  c = 2
      wa  a -> a
      wb  b -> b
      wc  c -> c
      ab  a -> b
      bc  b -> c
      out c -> 1
    `);
    const array = (rows: number, ...values: number[]) => ({
      shape: [rows, values.length / rows],
      data: Float32Array.from(values),
    });
    const weights = {
      wa: array(2, 1, 0, 0, 0),
      wb: array(2, 1, 0, 0, 0),
      wc: array(2, 1, 1, 0, 0),
      ab: array(2, 1, 1, 0, 7),
      bc: array(2, 1, 1, 0, 7),
      out: array(2, 1, 0),
    };
    expect(findRemovable(weights, chain).removed).toEqual({ a: [1], b: [1], c: [1] });
    // Alone, dimension a still feeds a living unit of b.
    expect(findRemovable(weights, chain, { dims: ['a'] }).removed).toEqual({ a: [] });
  });

  test('takes small entries for zero under a tolerance and says that this is not exact', () => {
    const weights = ones();
    weights['lstm/recurrent']!.data.fill(1e-3, 12, 24);
    weights['out']!.data.fill(-1e-3, 2, 4);
    expect(findRemovable(weights, layout).removed).toEqual({ h: [] });
    expect(findRemovable(weights, layout, { tolerance: 2e-3 })).toEqual({
      kept: { h: [0, 2] },
      removed: { h: [1] },
      padded: { h: [] },
      exact: false,
    });
  });

  test('keeps the strongest components when all are dead', () => {
    const weights = ones();
    weights['out']!.data.fill(0);
    weights['lstm/recurrent']!.data.fill(0);
    const kernel = weights['lstm/kernel']!.data;
    kernel[1] = 3;
    kernel[2] = 2;
    expect(findRemovable(weights, layout).kept).toEqual({ h: [1] });
    expect(findRemovable(weights, layout, { atLeast: 2 }).kept).toEqual({ h: [1, 2] });
    expect(findRemovable(weights, layout, { atLeast: 9 }).kept).toEqual({ h: [0, 1, 2] });
  });

  test('keeps the first of equally strong components', () => {
    const weights = ones();
    weights['out']!.data.fill(0);
    weights['lstm/recurrent']!.data.fill(0);
    expect(findRemovable(weights, layout).kept).toEqual({ h: [0] });
  });

  test("asks for the whole group under the criterion 'group'", () => {
    const weights = ones();
    clearRow(weights, 'lstm/recurrent', 1);
    clearRow(weights, 'out', 1);
    expect(findRemovable(weights, layout, { criterion: 'group' }).removed).toEqual({ h: [] });
    for (const name of ['lstm/kernel', 'lstm/recurrent']) {
      const { data } = weights[name]!;
      for (let i = 1; i < data.length; i += 3) data[i] = 0;
    }
    // The bias is no part of the group, so it may stay.
    expect(findRemovable(weights, layout, { criterion: 'group' }).removed).toEqual({ h: [1] });
  });

  test('reads a tied weight in both directions', () => {
    const tied = parseLayout('dims v = 2  w = 2 \n table  v <-> w \n rnn  w -> w');
    const weights = {
      table: { shape: [2, 2], data: Float32Array.of(1, 0, 1, 0) },
      rnn: { shape: [2, 2], data: Float32Array.of(1, 1, 0, 0) },
    };
    expect(findRemovable(weights, tied).removed).toEqual({ w: [1] });
    weights.table.data[3] = 1;
    expect(findRemovable(weights, tied).removed).toEqual({ w: [] });
  });

  test('names a dimension that the layout has not', () => {
    expect(() => findRemovable(ones(), layout, { dims: ['g'] })).toThrow(
      'findRemovable: expected a dimension of the layout (e, h), found "g"',
    );
  });

  test('refuses a dimension that nothing reads', () => {
    const open = parseLayout('dims o = 2 \n out  3 -> o');
    const weights = { out: { shape: [3, 2], data: new Float32Array(6) } };
    expect(() => findRemovable(weights, open, { dims: ['o'] })).toThrow(
      'expected dimension "o" to be read by some weight, found none',
    );
  });

  test.each([-1, NaN, Infinity, '1e-3'])('refuses a tolerance of %j', (given) => {
    const tolerance = given as number;
    expect(() => findRemovable(ones(), layout, { tolerance })).toThrow(
      `expected a finite tolerance of 0 or more, found ${tolerance}`,
    );
  });

  test('refuses to keep none', () => {
    expect(() => findRemovable(ones(), layout, { atLeast: -1 })).toThrow(
      'expected atLeast as a whole number of 0 or more, found -1',
    );
  });

  test('refuses weights that do not fit the layout, with the cause', () => {
    const weights = { ...ones(), out: { shape: [2, 2], data: new Float32Array(4) } };
    const attempt = () => findRemovable(weights, layout);
    expect(attempt).toThrow(PrunerError);
    expect(attempt).toThrow('findRemovable: the layout does not fit the weights: ');
    expect(attempt).toThrow('expected shape [3, 2] for "out"');
  });

  test('refuses an array that is not full', () => {
    const weights = { ...ones(), out: { shape: [3, 2], data: new Float32Array(5) } };
    expect(() => findRemovable(weights, layout)).toThrow(
      'expected 6 values in weight "out" of shape [3, 2], found 5',
    );
  });

  test('refuses a weight without a float array', () => {
    const weights = { ...ones(), out: [1, 2] } as unknown as Weights;
    expect(() => findRemovable(weights, layout)).toThrow(
      'expected weight "out" as { shape, data: Float32Array }',
    );
  });
});
