import {
  layoutFromJson,
  mergeLayouts,
  recurrentLayout,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { type Cell, cellReference } from '@secateur/kernels';
import { findRemovable, prune } from '@secateur/pruner';
import { cellsToTry, cellValues, expectAllClose } from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const sizes = { batch: 2, time: 3, input: 3, units: 6 };
const dead = [1, 4];

/** A cell with a dense layer on top, whose units 1 and 4 nobody reads. */
function networkOf(cell: Cell): { layout: Layout; weights: Weights; masks: Arrays } {
  const { depth, weights, masks } = cellValues(cell, sizes);
  const dims = { x: sizes.input, h: sizes.units, y: 2 };
  const layout = mergeLayouts(
    recurrentLayout(cell, { name: 'cell', input: 'x', units: 'h', depth, dims }),
    layoutFromJson({ dims: { h: dims.h, y: 2 }, weights: { 'out/kernel': 'h -> y' } }),
  );
  const kernel = Float64Array.from({ length: 12 }, (_, k) => Math.sin(k + 1));
  const silent = (data: Float64Array, columns: number): Float64Array =>
    data.map((value, at) => (dead.includes(Math.floor(at / columns)) ? 0 : value));
  const named = Object.entries(weights).map(([name, data]) => {
    const columns = data.length / (name === 'kernel' ? sizes.input : sizes.units);
    const isRead = name === 'recurrent';
    const shape = name === 'kernel' || isRead ? [data.length / columns, columns] : [data.length];
    return [
      `cell/${name}`,
      { shape, data: Float32Array.from(isRead ? silent(data, columns) : data) },
    ];
  });
  const out = { shape: [6, 2], data: Float32Array.from(silent(kernel, 2)) };
  return { layout, weights: { ...Object.fromEntries(named), 'out/kernel': out } as Weights, masks };
}

type Arrays = Readonly<Record<string, Float64Array>>;

/** What the dense layer makes of every output, `[batch * time, 2]`. */
function outputsOf(cell: Cell, weights: Weights, units: number, masks: Arrays): Float64Array {
  const { x, depth } = cellValues(cell, sizes);
  const own = Object.entries(weights).flatMap(([name, { data }]) =>
    name.startsWith('cell/') ? [[name.slice('cell/'.length), data] as const] : [],
  );
  const { y } = cellReference(cell, {
    ...{ ...sizes, units, depth, x, masks },
    weights: Object.fromEntries(own),
  });
  const kernel = weights['out/kernel']!.data;
  return Float64Array.from({ length: sizes.batch * sizes.time * 2 }, (_, at) => {
    let sum = 0;
    for (let j = 0; j < units; j++) sum += y[(at >> 1) * units + j]! * kernel[j * 2 + (at & 1)]!;
    return sum;
  });
}

function expectExact(cell: Cell): void {
  const { layout, weights, masks } = networkOf(cell);
  const options = { dims: ['h'] };
  const { kept, removed } = findRemovable(weights, layout, options);
  expect(removed).toEqual({ h: dead });
  const smaller = prune(weights, layout, kept);
  const left = sizes.units - dead.length;
  const cut = Object.entries(masks).map(([name, mask]) => [
    name,
    mask.filter((_, at) => !dead.includes(at % sizes.units)),
  ]);
  expectAllClose(
    outputsOf(cell, smaller.weights, left, Object.fromEntries(cut) as Arrays),
    outputsOf(cell, weights, sizes.units, masks),
    { rtol: 1e-12, atol: 1e-13 },
  );
}

describe('pruning what nobody reads', () => {
  test.each(cellsToTry)('leaves a network of $name what it computes', ({ cell }) => {
    expectExact(cell);
  });
  test('leaves a network of any cell what it computes', () => {
    fc.assert(
      fc.property(randomCells, (cell) => {
        expectExact(cell);
      }),
      { numRuns: 50 },
    );
  });
});
