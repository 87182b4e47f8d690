import { memory, tensor, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import {
  issGroups,
  layoutShapes,
  recurrentDims,
  type Layout,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { findRemovable, maxAbsDifference, prune } from '@secateur/pruner';
import { describeBackend, numbers, sizeOf } from '@secateur/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bidaf } from '../src/network/bidaf.ts';
import { bidafLayout } from '../src/network/layout.ts';

/** A weight and its row that reads component 0 of a dimension; component `k` is read by the `k`th row after it. */
type Rows = readonly [weight: string, first: number];

const names = [
  'word',
  'filters',
  'context/fw',
  'context/bw',
  'modelling1/fw',
  'modelling1/bw',
  'modelling2/fw',
  'modelling2/bw',
  'output/fw',
  'output/bw',
];

/** What reads a dimension, by hand from what the network concatenates: forward before backward everywhere. */
function readers(dim: string, sizes: Readonly<Record<string, number>>): Rows[] {
  const width = (name: string): number => sizes[`${name}/fw`]! + sizes[`${name}/bw`]!;
  const [layer, way] = dim.split('/');
  const shift = way === 'bw' ? sizes[`${layer!}/fw`]! : 0;
  const [context, second] = [width('context'), width('modelling2')];
  const recurrent: Rows = [`${dim}/recurrent`, 0];
  const inBoth = (name: string, rows: readonly number[]): Rows[] =>
    ['fw', 'bw'].flatMap((each) =>
      rows.map((row): Rows => [`${name}/${each}/kernel`, row + shift]),
    );
  const times = (count: number): number[] => Array.from({ length: count }, (_, i) => i * context);
  const p0 = 4 * context;
  switch (layer) {
    case 'filters': {
      const row = sizes['word']!;
      return [['highway1/kernel', row], ['highway2/kernel', row], ...inBoth('context', [row])];
    }
    case 'context':
      return [
        recurrent,
        ...times(3).map((row): Rows => ['attention/kernel', row + shift]),
        ...inBoth('modelling1', times(4)),
        ...inBoth('output', times(4)),
        ...['start', 'end'].flatMap((name) =>
          times(4).map((row): Rows => [`${name}/kernel`, row + shift]),
        ),
      ];
    case 'modelling1':
      return [recurrent, ...inBoth('modelling2', [0])];
    case 'modelling2':
      return [
        recurrent,
        ['start/kernel', p0 + shift],
        ...inBoth('output', [p0, p0 + second, p0 + 2 * second]),
      ];
    default:
      return [recurrent, ['end/kernel', p0 + shift]];
  }
}

/** Weights that are not 0 anywhere, biases neither. */
function randomWeights(layout: Layout, seed: number): Record<string, NamedArray> {
  const entries = Object.entries(layoutShapes(layout)).map(([name, shape], i) => {
    const values = numbers(sizeOf(shape), seed + 977 * i, 0.6);
    const data = Float32Array.from(values, (value) => (value === 0 ? 0.1 : value));
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(entries);
}

function clearRow(weights: Weights, name: string, row: number): void {
  const { data, shape } = weights[name]!;
  data.fill(0, row * shape[1]!, (row + 1) * shape[1]!);
}

/** Start and end logits of two texts of different lengths. */
function logitsOf(weights: Weights): Float32Array {
  return tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(weights).map(([name, { data, shape }]): [string, Tensor] => [
        name,
        tensor(data, [...shape], 'float32'),
      ]),
    );
    const text = (rows: number[][], lengths: number[]) => ({
      words: tensor2d(rows, undefined, 'int32'),
      spelling: tensor2d(rows, undefined, 'int32'),
      spellings: tensor2d(spellings, undefined, 'int32'),
      lengths,
    });
    const { start, end } = bidaf(tensors, {
      context: text(
        [
          [3, 1, 4, 0, 2],
          [2, 2, 0, 0, 0],
        ],
        [5, 2],
      ),
      question: text(
        [
          [1, 2, 0],
          [4, 3, 1],
        ],
        [2, 3],
      ),
    });
    return Float32Array.of(...start.dataSync(), ...end.dataSync());
  });
}

const spellings = [
  [0, 1, 2, 3],
  [3, 2, 0, 0],
  [1, 1, 4, 0],
  [4, 2, 1, 3],
  [2, 0, 0, 0],
];
const vocabulary = { words: 5, chars: 5, window: 2 };

const anySizes = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: names.length, maxLength: names.length })
  .map((sizes) => Object.fromEntries(names.map((name, i) => [name, sizes[i]!])));
const masks = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 10, maxLength: 10 });

describeBackend('what BiDAF can lose', () => {
  test.each(['exact', 'all'] as const)(
    'is exactly what nothing reads, live biases or not, with groups %s',
    (groups) => {
      const before = memory().numTensors;
      fc.assert(
        fc.property(anySizes, masks, fc.nat(1e6), (sizes, picks, seed) => {
          const layout = bidafLayout({ ...vocabulary, sizes: { ...sizes, char: 2 }, groups });
          const weights = randomWeights(layout, seed);
          const dead: Record<string, number[]> = {};
          recurrentDims(layout).forEach((dim, d) => {
            const units = Array.from({ length: sizes[dim]! }, (_, k) => k);
            const chosen = units.filter((k) => (picks[d]! >> k) & 1);
            // One is always kept.
            dead[dim] = chosen.length === units.length ? chosen.slice(1) : chosen;
            for (const k of dead[dim]!) {
              for (const [name, first] of readers(dim, sizes)) clearRow(weights, name, first + k);
            }
          });
          const { removed, kept } = findRemovable(weights, layout);
          expect(removed).toEqual(dead);

          const smaller = prune(weights, layout, kept);
          const left = Object.fromEntries(
            Object.entries(sizes).map(([dim, size]) => [dim, size - (dead[dim]?.length ?? 0)]),
          );
          const same = bidafLayout({ ...vocabulary, sizes: { ...left, char: 2 }, groups });
          expect(smaller.layout).toEqual(same);
          const shapes = Object.entries(smaller.weights).map(([name, { shape }]) => [name, shape]);
          expect(Object.fromEntries(shapes)).toEqual(layoutShapes(same));
          const gap = maxAbsDifference(logitsOf(weights), logitsOf(smaller.weights));
          expect(gap).toBeLessThan(1e-5);
        }),
        { numRuns: 25 },
      );
      expect(memory().numTensors).toBe(before);
    },
  );

  test('is whole directions and layers, where none of their units need stay', () => {
    const sizes = Object.fromEntries(names.map((name) => [name, 3]));
    const layout = bidafLayout({ ...vocabulary, sizes: { ...sizes, char: 2 }, groups: 'all' });
    const dims = recurrentDims(layout);
    for (const gone of [...dims.map((dim) => [dim]), dims.slice(3), dims]) {
      const weights = randomWeights(layout, 8);
      for (const dim of gone) {
        for (const [name, first] of readers(dim, sizes)) {
          for (const k of [0, 1, 2]) clearRow(weights, name, first + k);
        }
      }
      const { removed, kept } = findRemovable(weights, layout, { atLeast: 0 });
      for (const dim of dims) expect(removed[dim]).toEqual(gone.includes(dim) ? [0, 1, 2] : []);
      const smaller = prune(weights, layout, kept);
      expect(maxAbsDifference(logitsOf(weights), logitsOf(smaller.weights))).toBeLessThan(1e-5);
    }
  });

  test('is nothing whose biases still reach the answer through a1, though its group of the paper is zero', () => {
    const sizes = { ...Object.fromEntries(names.map((name) => [name, 3])), char: 2 };
    const paper = bidafLayout({ ...vocabulary, sizes, groups: 'paper' });
    const exact = bidafLayout({ ...vocabulary, sizes });
    const weights = randomWeights(exact, 5);
    const set = issGroups(paper).find(({ name }) => name === 'modelling2/bw')!;
    for (const { weight, axis, start } of set.slices) {
      const { data, shape } = weights[weight]!;
      const columns = shape[1]!;
      data.forEach((_, i) => {
        const at = axis === 0 ? Math.floor(i / columns) : i % columns;
        if (at === start + 1) data[i] = 0;
      });
    }
    expect(findRemovable(weights, paper).removed['modelling2/bw']).toEqual([1]);
    expect(findRemovable(weights, exact).removed['modelling2/bw']).toEqual([]);

    const cut = (): number => {
      const smaller = prune(weights, exact, { 'modelling2/bw': [0, 2] });
      return maxAbsDifference(logitsOf(weights), logitsOf(smaller.weights));
    };
    expect(cut()).toBeGreaterThan(1e-4);
    // Rows of a1: behind p0, 4 * 6, and g1, 6, the second of those of the backward direction.
    for (const way of ['fw', 'bw']) clearRow(weights, `output/${way}/kernel`, 24 + 6 + 3 + 1);
    expect(findRemovable(weights, exact).removed['modelling2/bw']).toEqual([1]);
    expect(cut()).toBeLessThan(1e-5);
  });
});
