import { join } from 'node:path';
import { layoutFromJson, layoutShapes, layoutToJson, type Layout } from '@secateur/groups';
import { writeModelDirectory } from '@secateur/pruner/node';
import { stackedLstmLayout } from '@secateur/testing';
import { sharedFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { readModel } from '../src/model-directory.ts';
import { initialWeights } from '../src/weights.ts';

const folder = sharedFolder();

const layout = stackedLstmLayout({ vocab: 3, embed: 2, hidden: [2, 4] });
const architecture = { cell: 'lstm', gates: 'ifgo', forgetBias: 0 } as const;
const read = { batch: 1, steps: 2, fromYear: 2000, maxVocab: null };

/** Writes a model as only a stranger does, and gives its folder. */
async function written(name: string, changed: Layout, spoil = 0): Promise<string> {
  const directory = join(folder, name);
  const weights = initialWeights(changed, { init: 0.1, seed: 1 });
  if (spoil !== 0) weights['lstm1/kernel']!.data[3] = spoil;
  await writeModelDirectory(directory, {
    weights,
    layout: changed,
    architecture: { ...architecture, ...read },
    vocabulary: ['<eos>', '<unk>', 'tea'],
  });
  return directory;
}

/** The layout with some lines of another notation. */
function changed(weights: Record<string, string | undefined>, dims = {}): Layout {
  const notation = Object.entries({
    ...layoutToJson(layout).weights,
    ...weights,
  }).filter(([, text]) => text !== undefined);
  return layoutFromJson({
    dims: { ...layout.dims, ...dims },
    weights: Object.fromEntries(notation),
  });
}

describe('a model whose parts do not belong together is refused', () => {
  test('but not one whose do', async () => {
    const model = await readModel(await written('good', layout));
    expect(layoutShapes(model.layout)).toEqual(layoutShapes(layout));
  });

  test.each([
    ['a weight that the network does not read', { extra: 'h1 -> h2' }, 'expected "extra" as no'],
    ['a weight that is missing', { 'softmax/bias': undefined }, 'expected "softmax/bias" as'],
    [
      'blocks in another order, of the same shape',
      { 'lstm1/kernel': 'embed -> 2*(2*h1)', 'lstm2/kernel': 'h1 -> 2*h2 + 2*h2' },
      'expected "lstm1/kernel" as "embed -> 4*h1" of shape [2, 8], which this network runs, found',
    ],
    [
      'a layer that reads another dimension of the same size',
      { 'lstm2/kernel': 'embed -> 4*h2' },
      'expected "lstm2/kernel" as "h1 -> 4*h2" of shape [2, 16]',
    ],
  ])('%s', async (_, weights, message) => {
    const directory = await written('bad', changed(weights));
    await expect(readModel(directory)).rejects.toThrow(message);
  });

  test.each([NaN, Infinity, -Infinity])('a weight of %s', async (value) => {
    await expect(readModel(await written('spoilt', layout, value))).rejects.toThrow(
      `expected finite weights, found ${value} at place 3 of "lstm1/kernel"; the training diverged`,
    );
  });
});
