import { join } from 'node:path';
import type { Layout } from '@secateur/groups';
import { layoutFromJson, layoutToJson } from '@secateur/groups';
import { writeModelDirectory } from '@secateur/pruner/node';
import { encodeSafetensors } from '@secateur/safetensors';
import { sharedFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { initialWeights } from '../src/initial.ts';
import { readModel } from '../src/model-directory.ts';
import { bidafLayout } from '../src/network/layout.ts';

const folder = sharedFolder();

const sizes = { word: 2, char: 2, filters: 2 };
const layout = bidafLayout({ words: 3, chars: 3, units: 2, sizes });
const vectors = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
const good = {
  layout,
  words: ['<padding>', '<unknown>', 'tea', 'cup', 'pot'],
  characters: ['<padding>', '<unknown>', 't'],
  trained: 3,
  vectors: encodeSafetensors({ vectors }),
};

async function written(change: Partial<typeof good>): Promise<string> {
  const model = { ...good, ...change };
  const directory = join(folder, 'model');
  await writeModelDirectory(directory, {
    weights: initialWeights(model.layout, 1),
    layout: model.layout,
    architecture: { trained: model.trained, characters: model.characters },
    modelType: 'bidaf',
    vocabulary: model.words,
    files: { 'vectors.safetensors': model.vectors },
  });
  return directory;
}

function changed(name: string, text: string): Layout {
  const json = layoutToJson(layout);
  return layoutFromJson({ ...json, weights: { ...json.weights, [name]: text } });
}

describe('a model whose parts do not belong together is refused', () => {
  test('but not one whose do', async () => {
    const { vocabularies } = await readModel(await written({}));
    expect([...vocabularies.vectors!.values]).toEqual([1, 2, 3, 4]);
  });

  test('nor a pruned one', async () => {
    const small = bidafLayout({
      ...{ words: 3, chars: 3, units: 2, groups: 'all' },
      sizes: { ...sizes, 'modelling1/bw': 0, 'context/fw': 1 },
    });
    const model = await readModel(await written({ layout: small }));
    expect(model.layout.dims['modelling1/bw']).toBe(0);
  });

  test.each([
    ['words of another number', { words: good.words.slice(0, 4) }, 'expected vectors of 1 words'],
    ['fewer words than are trained', { trained: 4 }, 'expected "words" as'],
    ['a word that stands twice', { words: ['<padding>', '<unknown>', 'a', 'a', 'b'] }, '"a"'],
    ['no padding', { words: ['a', '<unknown>', 'b', 'c', 'd'] }, 'words: expected a vocabulary'],
    [
      'a character that stands twice',
      { characters: ['<padding>', '<unknown>', '<unknown>'] },
      'expected each character once',
    ],
    ['characters of another number', { characters: good.characters.slice(0, 2) }, '"chars" as'],
    [
      'vectors of another width',
      { vectors: encodeSafetensors({ vectors: { shape: [2, 1], data: Float32Array.of(1, 2) } }) },
      'as F32 of shape [2, 2], found F32 of shape [2, 1]',
    ],
    [
      'vectors of another type',
      {
        vectors: encodeSafetensors({ vectors: { shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) } }),
      },
      'as F32 of shape [2, 2], found I32',
    ],
    [
      'vectors that are not finite',
      {
        vectors: encodeSafetensors({
          vectors: { shape: [2, 2], data: Float32Array.of(1, NaN, 3, 4) },
        }),
      },
      'expected finite weights, found NaN at place 1 of "vectors"',
    ],
    [
      'a layout of the same shapes whose blocks are others',
      {
        layout: changed(
          'start/kernel',
          '2*(2*(context/fw + context/bw)) + modelling2/fw + modelling2/bw -> 1',
        ),
      },
      'expected "start/kernel" as',
    ],
  ])('%s', async (_, change, message) => {
    await expect(written(change).then(readModel)).rejects.toThrow(message);
  });
});
