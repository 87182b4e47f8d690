import { describe, expect, test } from 'vitest';
import { openModel } from '../../src/files/open-model.ts';
import { fixture } from '../support/fixture.ts';

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
