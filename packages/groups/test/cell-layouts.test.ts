import { lstmCell } from '@secateur/kernels';
import { describe, expect, test } from 'vitest';
import {
  GroupError,
  layoutShapes,
  layoutToJson,
  recurrentLayout,
  type RecurrentLayoutOptions,
} from '../src/index.ts';

const dims = { vocab: 10, embed: 4, fw: 3, bw: 2, h1: 5, h2: 5 };

describe('layouts of cells', () => {
  test('an LSTM has a kernel, a recurrent matrix and a bias', () => {
    const layout = recurrentLayout(lstmCell, { name: 'enc', input: 'fw + bw', units: 'h1', dims });
    expect(layoutToJson(layout)).toEqual({
      dims: { fw: 3, bw: 2, h1: 5 },
      weights: {
        'enc/kernel': 'fw + bw -> 4*h1',
        'enc/recurrent': 'h1 -> 4*h1',
        'enc/bias': '-> 4*h1',
      },
    });
    expect(layoutShapes(layout)).toEqual({
      'enc/kernel': [5, 20],
      'enc/recurrent': [5, 20],
      'enc/bias': [20],
    });
  });

  test('refuses what is no single dimension, and sizes that are missing', () => {
    const sum = { name: 'x', input: 'h1', units: 'fw + bw', dims };
    expect(() => recurrentLayout(lstmCell, sum)).toThrow(GroupError);
    expect(() => recurrentLayout(lstmCell, sum)).toThrow(
      'recurrentLayout: weight "x/kernel": expected a declared dimension, found "fw + bw"; did you mean',
    );
    expect(() => recurrentLayout(lstmCell, { name: 'x', input: 'in', units: 'h1', dims })).toThrow(
      'recurrentLayout: weight "x/kernel": expected a declared dimension, found "in"',
    );
    const missing = { name: 'x', input: '3', units: 'h1' } as RecurrentLayoutOptions;
    expect(() => recurrentLayout(lstmCell, missing)).toThrow(
      'recurrentLayout: expected sizes by dimension as dims, found undefined',
    );
  });
});
