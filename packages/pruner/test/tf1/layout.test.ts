import {
  countParameters,
  groupSize,
  issGroups,
  layoutFromJson,
  layoutShapes,
  layoutToJson,
  mergeLayouts,
} from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { tf1LstmLayout } from '../../src/index.ts';

const dims = { vocab: 10, embed: 4, fw: 3, bw: 2, h1: 5, h2: 5 };

describe('tf1LstmLayout', () => {
  test('stacks input rows over recurrent rows in one matrix', () => {
    const layout = tf1LstmLayout({ name: 'cell_0', input: 'embed', units: 'h1', dims });
    expect(layoutToJson(layout).weights).toEqual({
      'cell_0/weights': 'embed + h1 -> 4*h1',
      'cell_0/biases': '-> 4*h1',
    });
    expect(layoutShapes(layout)['cell_0/weights']).toEqual([9, 20]);
  });

  test('knows the names of later versions', () => {
    const variables = ['kernel', 'bias'] as const;
    const layout = tf1LstmLayout({ name: 'c', input: 'embed', units: 'h1', dims, variables });
    expect(Object.keys(layout.weights)).toEqual(['c/kernel', 'c/bias']);
  });

  test('the fused matrices of the original code give the same groups', () => {
    const large = { x: 1500, h1: 1500, h2: 1500 };
    const head = { 'softmax/kernel': 'h2 -> vocab', 'softmax/bias': '-> vocab' };
    const fused = mergeLayouts(
      tf1LstmLayout({ name: 'cell_0', input: 'x', units: 'h1', dims: large }),
      tf1LstmLayout({ name: 'cell_1', input: 'h1', units: 'h2', dims: large }),
      layoutFromJson({ dims: { h2: 1500, vocab: 10_000 }, weights: head }),
    );
    const sizes = issGroups(fused).map((set) => groupSize(set, layoutShapes(fused)));
    expect(sizes).toEqual([24_000, 28_000]);
    expect(countParameters(fused) + 15_000_000).toBe(66_022_000);
  });

  test('refuses units that are no single dimension', () => {
    const sum = { name: 'x', input: 'h1', units: 'fw + bw', dims };
    expect(() => tf1LstmLayout(sum)).toThrow(
      'tf1LstmLayout: weight "x/weights": expected a declared dimension, found "fw + bw"',
    );
  });
});
