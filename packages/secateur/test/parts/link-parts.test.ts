import type { NamedArray, Weights } from '@secateur/groups';
import { formatWeight, layoutToJson } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../src/files/open-model.ts';
import { partsOf } from '../../src/parts/parts-of.ts';
import { linkParts, orderIn } from '../../src/parts/link-parts.ts';
import { fixture } from '../support/fixture.ts';

const zeros = (...shape: number[]): NamedArray => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});
const link = (weights: Weights, order?: string[]): ReturnType<typeof linkParts> =>
  linkParts(partsOf(weights), weights, order);

/** Keras's names of an LSTM. */
const lstm = (name: string, input: number, units: number): Record<string, NamedArray> => ({
  [`${name}/kernel`]: zeros(input, 4 * units),
  [`${name}/recurrent_kernel`]: zeros(units, 4 * units),
  [`${name}/bias`]: zeros(4 * units),
});
const dense = (name: string, input: number, output: number): Record<string, NamedArray> => ({
  [`${name}/kernel`]: zeros(input, output),
  [`${name}/bias`]: zeros(output),
});

describe('files of PyTorch', () => {
  test.each([
    ['words', ['h1', 'h2']],
    ['both', ['h1/forward', 'h1/backward', 'h2/forward', 'h2/backward']],
    // A LayerNorm looks at all of its inputs, two heads may stand beside each other, a decoder may start from states.
    ['normed', ['h1']],
    ['twoheads', ['h1']],
    ['pair', []],
  ])('%s: can be pruned in %j', async (name, dims) => {
    const model = await openModel(fixture(`${name}.safetensors`), '.');
    expect(model.dims).toEqual(dims);
  });
  test('what is kept has a note that says why and what to give', async () => {
    const notes = async (name: string): Promise<readonly string[]> =>
      (await openModel(fixture(`${name}.safetensors`), '.')).notes;
    expect(await notes('normed')).toContain(
      'h2: kept, as norm.bias and norm.weight may act on them; give a layout: --layout FILE.json',
    );
    expect(await notes('twoheads')).toEqual([
      'h2: kept, as first and second may read them; name them in their order: --layout chain:lstm,first,second',
    ]);
    expect((await notes('pair')).at(-1)).toMatch(
      /^encoder: kept, as another module has as many layers of its sizes, and the two may hand on their states/,
    );
  });
  test('the counter of a batch normalization is no weight, its averages are', async () => {
    const { weights } = await openModel(fixture('normed.safetensors'), '.');
    expect(Object.keys(weights)).toContain('scale.running_mean');
    expect(Object.keys(weights)).not.toContain('scale.num_batches_tracked');
  });
});

describe('names of Keras', () => {
  test('layers whose widths fit in one way follow each other', () => {
    const weights = {
      'embedding/embeddings': zeros(9, 5),
      ...lstm('lstm', 5, 4),
      ...lstm('lstm_1', 4, 3),
      ...dense('dense', 3, 9),
    };
    const { layout, order } = link(weights);
    expect(order).toEqual(['embedding', 'lstm', 'lstm_1', 'dense']);
    expect(layoutToJson(layout).weights).toMatchObject({
      'embedding/embeddings': '9 -> embedding [lookup]',
      'lstm/kernel': 'embedding -> 4*lstm',
      'lstm_1/kernel': 'lstm -> 4*lstm_1',
      'dense/kernel': 'lstm_1 -> dense',
    });
    expect(Object.keys(layout.dims)).toEqual(['embedding', 'lstm', 'lstm_1']);
  });
  test('layers of one size do not tell their order, and a chain does', () => {
    const weights = { ...lstm('a', 4, 4), ...lstm('b', 4, 4), ...dense('out', 4, 2) };
    expect(link(weights).order).toBeUndefined();
    expect(Object.keys(link(weights).layout.dims)).toEqual([]);
    const { layout, order, notes } = link(weights, ['b', 'a', 'out']);
    expect(order).toEqual(['b', 'a', 'out']);
    expect(formatWeight(layout.weights['a/kernel']!)).toBe('b -> 4*a');
    expect(notes).toEqual([]);
  });
  test('a chain must name all parts, and each must read what the one before writes', () => {
    const weights = { ...lstm('a', 3, 4), ...lstm('b', 4, 5), ...dense('out', 5, 2) };
    expect(() => link(weights, ['a', 'b'])).toThrow(
      'expected after "chain:" each of a, b, out once, found a, b; name all of them in their order, or give a layout as a JSON file.',
    );
    expect(() => link(weights, ['b', 'a', 'out'])).toThrow(
      'expected "a" to read the 5 numbers that "b" writes, found that it reads 3; correct the order after "chain:".',
    );
  });
  test('a table that is also the softmax keeps the width that it reads', () => {
    const weights = {
      embedding: zeros(9, 4),
      'rnn/kernel': zeros(4, 16),
      'rnn/recurrent': zeros(4, 16),
      'rnn/bias': zeros(16),
      'softmax/bias': zeros(9),
    };
    const { layout, notes } = link(weights);
    expect(layout.dims).not.toHaveProperty('rnn');
    expect(notes.join()).toContain('rnn: kept, as softmax reads them by the table of an embedding');
  });
});

test('orderIn reads the order out of a layout', () => {
  const weights = { ...lstm('a', 4, 4), ...lstm('b', 4, 4), ...dense('out', 4, 2) };
  const parts = partsOf(weights);
  const { layout } = link(weights, ['b', 'a', 'out']);
  expect(orderIn(layout, parts)).toEqual(['b', 'a', 'out']);
});
