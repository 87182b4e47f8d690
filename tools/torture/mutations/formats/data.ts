import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLayout, layoutFromJson, readIssGroupFile, type LayoutJson } from '@secateur/groups';
import { parseJson } from '@secateur/input';
import { torchToSecateur, weightsFromSafetensors } from '@secateur/pruner';
import { decodeSafetensors } from '@secateur/safetensors';
import { loadCorpus } from '../../../../apps/language-modeling/src/data/corpus.ts';
import { loadQuestions } from '../../../../apps/question-answering/src/data/load.ts';
import { readGlove } from '../../../../apps/question-answering/src/data/vectors/glove.ts';
import { readVectors } from '../../../../apps/question-answering/src/data/vectors/read.ts';
import { readWink } from '../../../../apps/question-answering/src/data/vectors/wink.ts';
import type { Format } from '../format.ts';

const text = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

/** Reads the GloVe file of a folder, or what an earlier reading left beside it. */
export const readKept = (folder: string) =>
  readVectors(
    { name: '--glove', file: join(folder, 'glove.txt'), read: readGlove },
    new Set(['the', 'naïve']),
    { folder, say: () => undefined },
  );

/** Files that hold data alone: weights, layouts, texts. */
export const dataFormats: readonly Format[] = [
  {
    name: 'safetensors',
    sealed: false,
    files: ['weights.safetensors'],
    read: (folder) => decodeSafetensors(readFileSync(join(folder, 'weights.safetensors'))),
  },
  {
    name: 'safetensors of PyTorch',
    sealed: false,
    files: ['torch.safetensors'],
    read: (folder) =>
      torchToSecateur(weightsFromSafetensors(readFileSync(join(folder, 'torch.safetensors'))), {
        cell: 'lstm',
      }),
  },
  {
    name: 'layout as text',
    sealed: false,
    files: ['layout.txt'],
    read: (folder) => parseLayout(text(folder, 'layout.txt')),
  },
  {
    name: 'layout as JSON',
    sealed: false,
    files: ['layout.json'],
    read: (folder) => layoutFromJson(parseJson(text(folder, 'layout.json')) as LayoutJson),
  },
  {
    name: 'ISS group file',
    sealed: false,
    files: ['groups.json'],
    read: (folder) => readIssGroupFile(parseJson(text(folder, 'groups.json'))),
  },
  {
    name: 'text',
    sealed: false,
    files: ['train.txt', 'valid.txt', 'test.txt.gz'],
    read: (folder) => loadCorpus({ directory: folder, fromYear: 0, maxVocab: 20 }),
  },
  {
    name: 'GloVe',
    sealed: false,
    files: ['glove.txt'],
    read: (folder) => readGlove(join(folder, 'glove.txt')),
  },
  {
    name: 'GloVe, gzipped',
    sealed: false,
    files: ['glove.txt.gz'],
    read: (folder) => readGlove(join(folder, 'glove.txt.gz')),
  },
  {
    name: 'vectors as JSON',
    sealed: false,
    files: ['vectors.json'],
    read: (folder) => readWink(join(folder, 'vectors.json')),
  },
  {
    name: 'vectors that are kept',
    sealed: true,
    files: ['secateur-vectors-glove.safetensors'],
    read: readKept,
  },
  {
    name: 'SQuAD',
    sealed: false,
    files: ['train.json', 'dev.json.gz'],
    read: (folder) => loadQuestions(folder),
  },
];
