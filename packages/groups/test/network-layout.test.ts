import { describe, expect, test } from 'vitest';
import { GroupError, issGroups, layoutToJson, networkLayout, parseWeight } from '../src/index.ts';

const table = { name: 'words', weights: { words: parseWeight('vocab -> width [lookup]') } };
const head = {
  name: 'out',
  weights: { 'out/kernel': parseWeight('width -> 3'), 'out/bias': parseWeight('-> 3') },
};

describe('networkLayout', () => {
  test('has the weights of all layers in their order', () => {
    expect(layoutToJson(networkLayout([table, head], { vocab: 5, width: 2 }))).toEqual({
      dims: { vocab: 5, width: 2 },
      weights: { words: 'vocab -> width [lookup]', 'out/kernel': 'width -> 3', 'out/bias': '-> 3' },
    });
  });

  test('a layer that is used twice has its weights once', () => {
    const sizes = { vocab: 5, width: 2 };
    expect(networkLayout([table, head, head], sizes)).toEqual(networkLayout([table, head], sizes));
  });

  test('ties a table to the product that reads it, in either of whose axes a component is', () => {
    const softmax = { name: 'softmax', weights: { words: parseWeight('vocab <- width') } };
    const tied = networkLayout([table, softmax], { vocab: 5, width: 2 });
    expect(layoutToJson(tied).weights).toEqual({ words: 'vocab <-> width' });
    expect(issGroups(tied, { dims: ['width'] }).map(({ name, count }) => [name, count])).toEqual([
      ['width', 2],
    ]);
  });

  test('a table that several layers have is tied in any order', () => {
    const uses = {
      lookup: table.weights.words,
      product: parseWeight('vocab <- width'),
      tied: parseWeight('vocab <-> width'),
    };
    const dims = { vocab: 5, width: 2 };
    for (const names of [
      ['product', 'lookup'],
      ['lookup', 'product', 'lookup'],
      ['lookup', 'product', 'product'],
      ['product', 'lookup', 'product'],
      ['tied', 'lookup'],
      ['product', 'tied'],
    ] as const) {
      const layers = names.map((name) => ({ name, weights: { words: uses[name] } }));
      const { weights } = layoutToJson(networkLayout(layers, dims));
      expect(weights, names.join()).toEqual({ words: 'vocab <-> width' });
    }
    // Twice the same is no tie.
    const twice = [uses.product, uses.product].map((words) => ({ name: 'a', weights: { words } }));
    expect(layoutToJson(networkLayout(twice, dims)).weights).toEqual({ words: 'vocab <- width' });
  });

  test('refuses a table of other axes, and a kernel that is multiplied by both ways', () => {
    const error = 'networkLayout: expected one meaning of the weight "words"';
    for (const [one, other] of [
      ['vocab -> width [lookup]', 'width <- vocab'],
      ['vocab -> width [lookup]', 'vocab <- width [frozen]'],
      ['vocab -> width', 'vocab <- width'],
      ['vocab -> width [lookup]', 'vocab -> width'],
      ['vocab <-> width', 'vocab -> width'],
    ] as const) {
      for (const pair of [
        [one, other],
        [other, one],
      ]) {
        const layers = pair.map((text) => ({ name: text, weights: { words: parseWeight(text) } }));
        expect(() => networkLayout(layers, { vocab: 5, width: 2 })).toThrow(error);
      }
    }
  });

  test('refuses two meanings of a weight, and sizes that no layer names or that are missing', () => {
    const other = { name: 'out', weights: { 'out/kernel': parseWeight('vocab -> 3') } };
    expect(() => networkLayout([head, other], { vocab: 5, width: 2 })).toThrow(
      'networkLayout: expected one meaning of the weight "out/kernel", found "width -> 3" and "vocab -> 3"; rename one of the layers',
    );
    expect(() => networkLayout([table], { vocab: 5, width: 2, widht: 3 })).toThrow(
      'networkLayout: expected sizes of dimensions that a layer names, found "widht"; did you mean "width"?',
    );
    expect(() => networkLayout([table], { vocab: 5 })).toThrow(GroupError);
    expect(() => networkLayout([table], undefined as never)).toThrow(
      'networkLayout: expected sizes by dimension as dims, found undefined',
    );
    const text = { name: 'out', weights: { 'out/kernel': 'width -> 3' } };
    expect(() => networkLayout([text] as never, { width: 2 })).toThrow(
      'networkLayout: expected a weight\'s expression as "out/kernel", found string; make it with parseWeight',
    );
  });
});
