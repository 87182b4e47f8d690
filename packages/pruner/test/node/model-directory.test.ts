import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatLayout } from '@secateur/groups';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { stackedLstmLayout } from '@secateur/testing';
import { testFolder } from '@secateur/testing/folders';
import { beforeEach, describe, expect, test } from 'vitest';
import { PrunerError } from '@secateur/pruner';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { randomWeights } from '../random-network.ts';

const layout = stackedLstmLayout({ vocab: 3, embed: 2, hidden: [2, 1] });
const weights = randomWeights(layout, 31);
const model = {
  weights,
  layout,
  architecture: { gates: 'ifgo', forgetBias: 0 },
  history: [{ step: 10, kept: { h1: [0, 3] } }],
  vocabulary: ['a', 'b', '<unk>'],
};

let parent: string;
let directory: string;
const file = (name: string): string => join(directory, name);

/** Rewrites config.json with some fields changed. */
function changeConfig(change: Record<string, unknown>): void {
  const config = JSON.parse(readFileSync(file('config.json'), 'utf8')) as object;
  writeFileSync(file('config.json'), JSON.stringify({ ...config, ...change }));
}

beforeEach(() => {
  parent = testFolder();
  directory = join(parent, 'run', 'model');
});

describe('writeModelDirectory', () => {
  test('writes what readModelDirectory reads, bit for bit', async () => {
    await writeModelDirectory(directory, model);
    const read = await readModelDirectory(directory);
    expect(read.weights).toEqual(weights);
    expect(formatLayout(read.layout)).toBe(formatLayout(layout));
    expect(read.architecture).toEqual(model.architecture);
    expect(read.history).toEqual(model.history);
    expect(read.vocabulary).toEqual(model.vocabulary);
    expect(read.modelType).toBe('stacked-lstm');
  });

  test('states sizes in config.json for readers without this package', async () => {
    await writeModelDirectory(directory, { ...model, modelType: 'my-lstm' });
    expect(JSON.parse(readFileSync(file('config.json'), 'utf8'))).toMatchObject({
      model_type: 'my-lstm',
      architecture: { gates: 'ifgo' },
      hidden_sizes: [2, 1],
      vocab_size: 3,
      layout: { dims: { h1: 2 }, weights: { 'lstm1/recurrent': 'h1 -> 4*h1' } },
      iss: { history: [{ step: 10 }] },
    });
  });

  test('leaves nothing beside the model', async () => {
    await writeModelDirectory(directory, model);
    expect(readdirSync(join(parent, 'run'))).toEqual(['model']);
    expect(readdirSync(directory).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'vocabulary.json',
    ]);
  });

  test('replaces an earlier model with all that belongs to it and keeps files of others', async () => {
    await writeModelDirectory(directory, { ...model, files: { 'vectors.bin': Uint8Array.of(7) } });
    expect([...readFileSync(file('vectors.bin'))]).toEqual([7]);
    writeFileSync(file('notes.txt'), 'mine');
    mkdirSync(file('tfjs'));
    writeFileSync(file('tfjs/model.json'), '{}');
    writeFileSync(file('tfjs/group1-shard1of1.bin'), '');
    mkdirSync(file('pictures'));
    writeFileSync(file('pictures/model.json'), 'mine');
    const { vocabulary, ...rest } = model;
    expect(vocabulary).toHaveLength(3);
    await writeModelDirectory(directory, { ...rest, modelType: 'second' });
    const read = await readModelDirectory(directory);
    expect(read.modelType).toBe('second');
    expect(read.vocabulary).toBeUndefined();
    expect(readdirSync(directory).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'notes.txt',
      'pictures',
    ]);
    expect(readdirSync(join(parent, 'run'))).toEqual(['model']);
    expect(readFileSync(file('pictures/model.json'), 'utf8')).toBe('mine');
  });

  test('refuses weights that do not fit the layout before it touches the disk', async () => {
    const attempt = writeModelDirectory(directory, { ...model, weights: {} });
    await expect(attempt).rejects.toThrow(
      'writeModelDirectory: the layout does not fit the weights',
    );
    expect(readdirSync(parent)).toEqual([]);
  });

  test('refuses what JSON cannot hold', async () => {
    const attempt = writeModelDirectory(directory, { ...model, architecture: { size: 10n } });
    await expect(attempt).rejects.toThrow(
      'writeModelDirectory: expected architecture and history as plain JSON',
    );
  });

  test('says where it could not write and cleans up', async () => {
    writeFileSync(join(parent, 'run'), 'a file in the way');
    const attempt = writeModelDirectory(directory, model);
    await expect(attempt).rejects.toThrow(PrunerError);
    await expect(attempt).rejects.toThrow(
      `writeModelDirectory: expected to write "${directory}", found `,
    );
    expect(readdirSync(parent)).toEqual(['run']);
  });
});

describe('readModelDirectory', () => {
  beforeEach(async () => {
    await writeModelDirectory(directory, model);
  });

  test('keeps the types of tensors, where it is told them', async () => {
    const [first, second] = Object.keys(model.weights) as [string, string];
    await writeModelDirectory(directory, { ...model, dtypes: { [first]: 'F16' } });
    const read = await readModelDirectory(directory);
    expect(read.dtypes).toEqual({ [first]: 'F16' });
    await writeModelDirectory(directory, { ...model, dtypes: read.dtypes });
    const { tensors } = decodeSafetensors(readFileSync(join(directory, 'model.safetensors')));
    expect([tensors[first]!.dtype, tensors[second]!.dtype]).toEqual(['F16', 'F32']);
    await expect(
      writeModelDirectory(directory, { ...model, dtypes: { other: 'F16' } }),
    ).rejects.toThrow(
      /expected dtypes of the weights \(.*\), found one of "other"; correct the name/,
    );
  });

  test('takes weights that were stored as BF16 since', async () => {
    const brain = Object.entries(weights).map(([name, { shape, data }]) => {
      // The upper half of a float32 is a BF16: rounded towards zero.
      const halves = new Uint16Array(data.slice().buffer).filter((_, i) => i % 2 === 1);
      return [name, { shape, data: halves, dtype: 'BF16' as const }] as const;
    });
    writeFileSync(file('model.safetensors'), encodeSafetensors(Object.fromEntries(brain)));
    await expect(readModelDirectory(directory)).rejects.toThrow(
      /the file model\.safetensors of the sha256 .* take "sha256" out of config\.json/,
    );
    changeConfig({ sha256: undefined });
    const read = (await readModelDirectory(directory)).weights;
    for (const [name, { shape, data }] of Object.entries(weights)) {
      expect(read[name]!.shape).toEqual(shape);
      data.forEach((value, i) => {
        const error = Math.abs(value) - Math.abs(read[name]!.data[i]!);
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThan(Math.abs(value) / 128);
      });
    }
  });

  test('notices a change that leaves every file readable', async () => {
    const bytes = readFileSync(file('model.safetensors'));
    bytes[bytes.length - 1]! ^= 1;
    const changes: [string, string | Buffer][] = [
      ['model.safetensors', bytes],
      ['vocabulary.json', '["b", "a", "<unk>"]'],
    ];
    for (const [name, content] of changes) {
      const before = readFileSync(file(name));
      writeFileSync(file(name), content);
      await expect(readModelDirectory(directory)).rejects.toThrow(
        `the file ${name} of the sha256 that config.json states, found another`,
      );
      writeFileSync(file(name), before);
    }
    changeConfig({ architecture: { gates: 'igfo', forgetBias: 0 } });
    await expect(readModelDirectory(directory)).rejects.toThrow(
      'the file config.json of the sha256',
    );
  });

  test('notices files of two models', async () => {
    const other = join(parent, 'other');
    await writeModelDirectory(other, { ...model, weights: randomWeights(layout, 32) });
    writeFileSync(file('model.safetensors'), readFileSync(join(other, 'model.safetensors')));
    await expect(readModelDirectory(directory)).rejects.toThrow('belong to different models');
    rmSync(join(other, 'vocabulary.json'));
    await expect(readModelDirectory(other)).rejects.toThrow(
      'the file vocabulary.json of the sha256 that config.json states, found none',
    );
  });

  test('gives further files back, and notices a changed one', async () => {
    const files = { 'more.bin': Uint8Array.of(1, 2, 3) };
    await writeModelDirectory(directory, { ...model, files });
    const read = (await readModelDirectory(directory)).files;
    expect(Object.keys(read)).toEqual(['more.bin']);
    expect([...read['more.bin']!]).toEqual([1, 2, 3]);
    writeFileSync(file('more.bin'), Uint8Array.of(1, 2, 4));
    await expect(readModelDirectory(directory)).rejects.toThrow('the file more.bin of the sha256');
    rmSync(file('more.bin'));
    await expect(readModelDirectory(directory)).rejects.toThrow('more.bin');
    changeConfig({ files: ['../more.bin'] });
    await expect(readModelDirectory(directory)).rejects.toThrow('names without folders as "files"');
  });

  test('refuses a word that stands twice, before it touches the disk too', async () => {
    writeFileSync(file('vocabulary.json'), '["a", "b", "a"]');
    await expect(readModelDirectory(directory)).rejects.toThrow(
      'expected each word once as vocabulary, found "a" with the ids 0 and 2',
    );
    for (const vocabulary of [['a', 'b', 'a'], ['a']]) {
      const never = join(parent, 'never');
      await expect(writeModelDirectory(never, { ...model, vocabulary })).rejects.toThrow(
        PrunerError,
      );
      expect(readdirSync(parent)).not.toContain('never');
    }
  });

  test.each([
    [{ hidden_sizes: [2, 2] }, 'expected hidden_sizes [2,1] as in the layout'],
    [{ vocab_size: 4 }, 'expected vocab_size 3 as in the layout'],
  ])('refuses %j, which its layout does not have', async (change, message) => {
    changeConfig(change);
    await expect(readModelDirectory(directory)).rejects.toThrow(message);
  });

  const damages: [string, () => void, string][] = [
    [
      'no directory',
      () => rmSync(directory, { recursive: true }),
      'expected a readable file config.json in "',
    ],
    [
      'no weights',
      () => rmSync(file('model.safetensors')),
      'expected a readable file model.safetensors in "',
    ],
    [
      'truncated weights',
      () => truncateSync(file('model.safetensors'), 100),
      'expected a whole safetensors file in model.safetensors',
    ],
    [
      'empty weights',
      () => truncateSync(file('model.safetensors'), 0),
      'expected a whole safetensors file in model.safetensors',
    ],
    ['half a config', () => truncateSync(file('config.json'), 20), 'expected JSON in config.json'],
    [
      'a config that is a list',
      () => writeFileSync(file('config.json'), '[]'),
      'expected a JSON object in config.json',
    ],
    [
      "somebody else's config",
      () => writeFileSync(file('config.json'), '{"model_type": "bert"}'),
      'expected model_type, architecture and iss.history in config.json',
    ],
    [
      'a history that is none',
      () => changeConfig({ iss: { history: 3 } }),
      'expected model_type, architecture and iss.history in config.json',
    ],
    ['no layout', () => changeConfig({ layout: undefined }), 'expected a layout in config.json'],
    [
      'a layout that does not parse',
      () => changeConfig({ layout: { dims: { a: 1 }, weights: { w: 'a -> -> b' } } }),
      'expected a layout in config.json',
    ],
    [
      'a layout of other sizes',
      () => {
        const { dims, weights: notation } = JSON.parse(
          readFileSync(file('config.json'), 'utf8'),
        ).layout;
        changeConfig({ layout: { dims: { ...dims, h1: 7 }, weights: notation } });
      },
      'the layout does not fit the weights: ',
    ],
    [
      'weights of another type',
      () =>
        writeFileSync(
          file('model.safetensors'),
          encodeSafetensors({ embedding: { shape: [1], data: Int32Array.of(1) } }),
        ),
      'expected tensors that float32 holds (F32, F16, BF16) in model.safetensors',
    ],
    [
      'a vocabulary of another size',
      () => writeFileSync(file('vocabulary.json'), '["a"]'),
      'expected a list of 3 words as vocabulary, found 1',
    ],
    [
      'a vocabulary that is no list',
      () => writeFileSync(file('vocabulary.json'), '{}'),
      'found something else',
    ],
    [
      'half a vocabulary',
      () => writeFileSync(file('vocabulary.json'), '["a", '),
      'expected JSON in vocabulary.json',
    ],
  ];

  test.each(damages)('says clearly what is wrong with %s', async (_, damage, message) => {
    damage();
    const attempt = readModelDirectory(directory);
    await expect(attempt).rejects.toThrow(PrunerError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toThrow(directory);
  });
});
