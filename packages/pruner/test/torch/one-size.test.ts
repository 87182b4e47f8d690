import { mergeLayouts, parseLayout, resizeLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import {
  report,
  torchEqualDims,
  torchGruLayout,
  torchLstmLayout,
  torchModules,
} from '@secateur/pruner';

const dims = { x: 2, a: 5, b: 5, c: 5, d: 5, p: 3, q: 3 };
const stacked = torchLstmLayout({ prefix: 'enc.', input: 'x', units: ['a', 'b'], dims });
const gru = torchGruLayout({ prefix: 'dec.', input: 'x', units: [['c', 'd']], dims });
const projected = torchLstmLayout({ input: 'x', units: ['a', 'b'], projections: ['p', 'q'], dims });

const notes = (layout: typeof stacked, sizes: Record<string, number>): readonly string[] =>
  report(layout, resizeLayout(layout, sizes)).notes;

test('torchModules finds the modules of a state dict, with their layers and directions', () => {
  const names = ['rnn.weight_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0_reverse', 'fc.weight'];
  expect(torchModules([...names, 'weight_ih_l1', 'myweight_ih_l0'])).toEqual([
    {
      prefix: 'rnn.',
      directions: [
        { layer: 0, reverse: false, suffix: 'l0' },
        { layer: 0, reverse: true, suffix: 'l0_reverse' },
      ],
    },
    { prefix: '', directions: [{ layer: 1, reverse: false, suffix: 'l1' }] },
  ]);
});

describe('torchEqualDims', () => {
  test('has a set for each module with several layers or directions', () => {
    expect(torchEqualDims(mergeLayouts(stacked, gru))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('has one for the units and one for the projections', () => {
    expect(torchEqualDims(projected)).toEqual([
      ['a', 'b'],
      ['p', 'q'],
    ]);
  });

  test('has none for one layer of one direction, nor for weights of other names', () => {
    expect(torchEqualDims(torchGruLayout({ input: 'x', units: ['a'], dims }))).toEqual([]);
    expect(torchEqualDims(parseLayout('dims a = 5  b = 5\none  a -> a\ntwo  b -> b'))).toEqual([]);
  });
});

describe('the notes of a report', () => {
  test('are none while a module can load the sizes', () => {
    expect(notes(mergeLayouts(stacked, gru), { a: 2, b: 2, c: 1, d: 1 })).toEqual([]);
    expect(notes(projected, { a: 4, b: 4 })).toEqual([]);
  });

  test('name the module whose sizes differ, and no other', () => {
    expect(notes(mergeLayouts(stacked, gru), { a: 4, b: 4, c: 5, d: 4 })).toEqual([
      'dec: a module of PyTorch has one hidden_size for all layers and directions and cannot load 5 (l0), 4 (l0_reverse); pass equal: torchEqualDims(layout) to findRemovable, or build a module of its own for each size',
    ]);
  });

  test('say when there are as many projected units as units', () => {
    expect(notes(projected, { a: 3, b: 3 })).toEqual([
      'the module: nn.LSTM has fewer projected units (proj_size) than units (hidden_size) and cannot load 3 and 3; leave the hidden dimensions out of dims',
    ]);
  });

  test('say when nothing is left', () => {
    expect(notes(stacked, { a: 0, b: 0 })).toEqual([
      'enc: a module of PyTorch has at least one unit and cannot load 0; keep one with atLeast: 1',
    ]);
  });
});
