import fc from 'fast-check';
import { stackedLstmLayout } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  GroupError,
  groupSize,
  issGroups,
  layoutShapes,
  parseLayout,
  recurrentDims,
  sliceOutside,
} from '../src/index.ts';
import { anyLayout } from './any-layout.ts';

const small = parseLayout(`
  dims  x = 3  h = 2
  kernel     x -> 4*h
  recurrent  h -> 4*h
  bias       -> 4*h
  head       h -> 5
`);

describe('recurrentDims', () => {
  test('finds the hidden sizes of a stacked LSTM and nothing else', () => {
    const layout = stackedLstmLayout({ vocab: 10, embed: 4, hidden: [3, 2] });
    expect(recurrentDims(layout)).toEqual(['h1', 'h2']);
  });

  test('finds the hidden size of a fused matrix, but not of the layer below', () => {
    const layout = parseLayout('dims h1 = 3 h2 = 2\nweights  h1 + h2 -> 4*h2');
    expect(recurrentDims(layout)).toEqual(['h2']);
  });

  test('does not take a tied embedding for a recurrence', () => {
    const layout = parseLayout('dims v = 5 w = 2\nembedding v <-> w');
    expect(recurrentDims(layout)).toEqual([]);
  });

  test('does not take two reading axes for a recurrence', () => {
    const layout = parseLayout('dims h = 2\nbilinear h, h -> 3');
    expect(recurrentDims(layout)).toEqual([]);
  });
});

describe('issGroups', () => {
  test('takes every gate column, the recurrent row and the row of the consumer', () => {
    const column = (weight: string, start: number): object => ({
      weight,
      axis: 1,
      start,
      multiplier: 1,
    });
    const row = (weight: string): object => ({ weight, axis: 0, start: 0, multiplier: 1 });
    expect(issGroups(small)).toEqual([
      {
        name: 'h',
        count: 2,
        slices: [
          ...[0, 2, 4, 6].map((start) => column('kernel', start)),
          row('recurrent'),
          ...[0, 2, 4, 6].map((start) => column('recurrent', start)),
          row('head'),
        ],
      },
    ]);
  });

  test('makes groups of other dimensions on request', () => {
    const [set] = issGroups(small, { dims: ['x'] });
    expect(set).toEqual({
      name: 'x',
      count: 3,
      slices: [{ weight: 'kernel', axis: 0, start: 0, multiplier: 1 }],
    });
  });

  test('leaves out what is not penalized, and takes a bias that is', () => {
    const layout = parseLayout(`
      dims h = 2
      recurrent  h -> h
      head       h -> 5  [unpenalized]
      bias       -> h    [penalized]
    `);
    const weights = issGroups(layout)[0]!.slices.map(({ weight }) => weight);
    expect(weights).toEqual(['recurrent', 'recurrent', 'bias']);
  });

  test('never reaches out of a weight', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const shapes = layoutShapes(layout);
        for (const { name, count, slices } of issGroups(layout)) {
          expect(count).toBe(layout.dims[name]);
          for (const { weight, axis, start } of slices) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(start + count).toBeLessThanOrEqual(shapes[weight]![axis]!);
          }
        }
      }),
    );
  });

  test('refuses names that are no dimensions', () => {
    expect(() => issGroups(small, { dims: ['hh'] })).toThrow(GroupError);
    expect(() => issGroups(small, { dims: ['hh'] })).toThrow(
      'issGroups: expected a dimension of the layout, found "hh"; did you mean "h"?',
    );
    expect(() => issGroups(small, { dims: ['h', 'h'] })).toThrow(
      'issGroups: expected each dimension once, found [h, h]',
    );
    expect(() => issGroups(small, { dims: 'h' as unknown as string[] })).toThrow(
      'issGroups: expected a list of dimensions, found string',
    );
  });

  test('leaves out a recurrent dimension without penalized weights, unless it is asked for', () => {
    const layout = parseLayout('dims h = 2\nrecurrent h -> h [unpenalized]');
    expect(issGroups(layout)).toEqual([]);
    expect(() => issGroups(layout, { dims: ['h'] })).toThrow(
      'issGroups: expected penalized weights with dimension "h", found none; mark one [penalized] or leave the dimension out',
    );
  });
});

describe('groupSize', () => {
  const [set] = issGroups(small);

  test.each([
    [-1, 'components -1 to 0'],
    [0.5, 'components 0.5 to 1.5'],
  ])('refuses a slice that begins at %f', (start, message) => {
    const moved = { ...set!, slices: [{ weight: 'head', axis: 0, start, multiplier: 1 }] };
    expect(sliceOutside(moved, { head: [2, 5] })).toEqual(moved.slices[0]);
    expect(() => groupSize(moved, { head: [2, 5] })).toThrow(
      `groupSize: expected ${message} along axis 0 of "head" (group set "h"), found shape [2, 5]; were the groups built for other sizes?`,
    );
  });

  test('finds the first slice outside of its weight', () => {
    const shapes = layoutShapes(small);
    expect(sliceOutside(set!, shapes)).toBeUndefined();
    expect(sliceOutside(set!, { ...shapes, head: [1, 5] })).toMatchObject({ weight: 'head' });
    expect(sliceOutside(set!, { ...shapes, head: [] })).toMatchObject({ weight: 'head' });
    expect(sliceOutside(set!, {})).toEqual(set!.slices[0]);
    expect(
      sliceOutside({ ...set!, slices: [{ ...set!.slices[0]!, weight: 'toString' }] }, shapes),
    ).toBeDefined();
  });

  test('counts the diagonal twice, or once on request', () => {
    // columns 4*3 of the kernel, row 8 and columns 4*2 of the recurrent matrix, row 5 of the head
    expect(groupSize(set!, layoutShapes(small))).toBe(12 + 8 + 8 + 5);
    expect(groupSize(set!, layoutShapes(small), { unique: true })).toBe(12 + 8 + 8 + 5 - 4);
  });

  test('counts unique entries as a mask does', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const shapes = layoutShapes(layout);
        for (const group of issGroups(layout)) {
          if (group.count === 0) continue;
          let total = 0;
          for (const [name, shape] of Object.entries(shapes)) {
            const size = shape.reduce((product, length) => product * length, 1);
            if (size > 4000) return;
            for (let flat = 0; flat < size; flat++) {
              let rest = flat;
              const index = shape.map(() => 0);
              for (let axis = shape.length - 1; axis >= 0; axis--) {
                index[axis] = rest % shape[axis]!;
                rest = Math.floor(rest / shape[axis]!);
              }
              const inside = group.slices.some(
                ({ weight, axis, start }) => weight === name && index[axis] === start,
              );
              if (inside) total++;
            }
          }
          expect(groupSize(group, shapes, { unique: true })).toBe(total);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [{}, 'groupSize: expected a shape for "kernel" of group set "h", found none'],
    [
      { kernel: [3, 7], recurrent: [2, 8], head: [2, 5] },
      'groupSize: expected components 6 to 7 along axis 1 of "kernel" (group set "h"), found shape [3, 7]; were the groups built for other sizes?',
    ],
    [
      { kernel: [3], recurrent: [2, 8], head: [2, 5] },
      'groupSize: expected axis 1 in "kernel" of group set "h", found shape [3]; were the groups built for another model?',
    ],
    [
      { kernel: [-3] },
      'groupSize: expected a list of whole sizes as the shape of "kernel", found [-3]',
    ],
  ])('refuses shapes that do not fit: %j', (shapes, message) => {
    expect(() => groupSize(set!, shapes)).toThrow(message);
  });
});
