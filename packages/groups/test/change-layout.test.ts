import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkShapes,
  countMacs,
  countParameters,
  GroupError,
  layersModelLayout,
  layoutShapes,
  mergeLayouts,
  parseLayout,
  readIssGroupFile,
  resizeLayout,
  weightShape,
} from '../src/index.ts';
import { anyLayout } from './any-layout.ts';

const layout = parseLayout(`
  dims  vocab = 5  embed = 3  h = 2
  table      vocab -> embed  [lookup]
  kernel     embed -> 4*h
  recurrent  h -> 4*h
  bias       -> 4*h
`);

describe('mergeLayouts', () => {
  test('shares dimensions of the same name', () => {
    const head = parseLayout('dims h = 2  vocab = 5\n head/kernel h -> vocab\n head/bias -> vocab');
    const merged = mergeLayouts(layout, head);
    expect(merged.dims).toEqual({ vocab: 5, embed: 3, h: 2 });
    expect(Object.keys(merged.weights)).toEqual([
      'table',
      'kernel',
      'recurrent',
      'bias',
      'head/kernel',
      'head/bias',
    ]);
  });

  test('refuses two sizes, one weight twice, and nothing', () => {
    const wide = parseLayout('dims h = 3\nhead h -> 2');
    expect(() => mergeLayouts(layout, wide)).toThrow(GroupError);
    expect(() => mergeLayouts(layout, wide)).toThrow(
      'mergeLayouts: expected one size for "h", found 2 and 3; rename one of the two',
    );
    expect(() => mergeLayouts(layout, layout)).toThrow(
      'mergeLayouts: expected each weight in one layout, found "table" in two; rename one of the cells',
    );
    expect(() => mergeLayouts()).toThrow('mergeLayouts: expected at least one layout, found none');
  });
});

describe('resizeLayout', () => {
  test('changes every shape that has the dimension and leaves the old layout alone', () => {
    const small = resizeLayout(layout, { h: 1 });
    expect(layoutShapes(small)).toEqual({
      table: [5, 3],
      kernel: [3, 4],
      recurrent: [1, 4],
      bias: [4],
    });
    expect(layout.dims['h']).toBe(2);
    expect(weightShape(layout, 'kernel')).toEqual([3, 8]);
    expect(resizeLayout(small, { h: 2 })).toEqual(layout);
  });

  test('refuses unknown dimensions and sizes that are none', () => {
    expect(() => resizeLayout(layout, { hh: 1 })).toThrow(
      'resizeLayout: expected a dimension of the layout, found "hh"; did you mean "h"?',
    );
    expect(() => resizeLayout(layout, { h: 1.5 })).toThrow(
      'resizeLayout: expected a whole size of at least 0 for "h", found 1.5',
    );
    expect(() => resizeLayout(layout, [] as unknown as Record<string, number>)).toThrow(
      'resizeLayout: expected sizes by dimension, found a list',
    );
  });
});

describe('weightShape', () => {
  test('names the nearest weight for an unknown one', () => {
    expect(() => weightShape(layout, 'kernal')).toThrow(
      'weightShape: expected a weight of the layout, found "kernal"; did you mean "kernel"?',
    );
    expect(() => weightShape(layout, 'toString')).toThrow(GroupError);
  });
});

describe('checkShapes', () => {
  const shapes = layoutShapes(layout);

  test('accepts the shapes of the layout', () => {
    expect(() => checkShapes(layout, shapes)).not.toThrow();
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a weight too many',
      { ...shapes, kernel_1: [3, 8] },
      'checkShapes: expected only weights of the layout, found "kernel_1"; did you mean "kernel"?',
    ],
    [
      'a weight too few',
      { table: [5, 3], kernel: [3, 8], bias: [8] },
      'checkShapes: expected a weight "recurrent", found none; did you mean',
    ],
    ['no weights', {}, 'expected a weight "table", found none; there is none to choose from.'],
    [
      'another size',
      { ...shapes, kernel: [3, 12] },
      'checkShapes: expected shape [3, 8] for "kernel" (embed -> 4*h), found [3, 12]; was the layout made for other sizes?',
    ],
    [
      'another rank',
      { ...shapes, bias: [8, 1] },
      'checkShapes: expected shape [8] for "bias" (-> 4*h), found [8, 1]',
    ],
    [
      'a shape that is none',
      { ...shapes, bias: 8 },
      'checkShapes: expected a list of whole sizes as the shape of "bias", found 8',
    ],
  ])('refuses %s', (_, wrong, message) => {
    const run = (): void => {
      checkShapes(layout, wrong as Record<string, number[]>);
    };
    expect(run).toThrow(GroupError);
    expect(run).toThrow(message);
  });

  test('refuses shapes that are no record', () => {
    const list = [] as unknown as Record<string, number[]>;
    expect(() => checkShapes(layout, list)).toThrow(
      'checkShapes: expected shapes by weight name, found a list',
    );
  });
});

test('errors say to a program what went wrong', () => {
  const codeOf = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      expect((error as Error).message).toMatch(/[.?]$/);
      return (error as GroupError).code;
    }
  };
  expect(codeOf(() => parseLayout('w a'))).toBe('notation');
  expect(codeOf(() => parseLayout('dims a = 1\nw a -> b'))).toBe('layout');
  expect(codeOf(() => mergeLayouts(layout, layout))).toBe('layout');
  expect(codeOf(() => resizeLayout(layout, { hh: 1 }))).toBe('argument');
  expect(codeOf(() => checkShapes(layout, {}))).toBe('shapes');
  expect(codeOf(() => readIssGroupFile({}))).toBe('file');
  expect(codeOf(() => layersModelLayout({} as never))).toBe('model');
});

describe('counts', () => {
  test('parameters are entries; multiply-adds leave out biases and look-ups', () => {
    expect(countParameters(layout)).toBe(15 + 24 + 16 + 8);
    expect(countMacs(layout)).toBe(24 + 16);
  });

  test('a tied weight counts once', () => {
    const tied = parseLayout('dims v = 5 w = 3\nembedding v <-> w');
    expect(countMacs(tied)).toBe(15);
  });

  test('parameters equal the sum of the products of the shapes', () => {
    fc.assert(
      fc.property(anyLayout, (any) => {
        let parameters = 0;
        for (const shape of Object.values(layoutShapes(any))) {
          let product = 1;
          for (const size of shape) product *= size;
          parameters += product;
        }
        expect(countParameters(any)).toBe(parameters);
        expect(countMacs(any)).toBeLessThanOrEqual(parameters);
      }),
    );
  });

  test('segments fill every axis without gaps', () => {
    fc.assert(
      fc.property(anyLayout, (any) => {
        for (const { axes } of Object.values(any.weights)) {
          for (const { segments, size } of axes) {
            let end = 0;
            for (const segment of segments) {
              expect(segment.start).toBe(end);
              end += segment.size;
            }
            expect(end).toBe(size);
          }
        }
      }),
    );
  });
});
