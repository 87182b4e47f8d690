import { join } from 'node:path';
import { readModelDirectory, loadLayersModel } from '@secateur/pruner/node';
import { readModel as readLanguageModel } from '../../../../apps/language-modeling/src/model-directory.ts';
import { readModel as readAnsweringModel } from '../../../../apps/question-answering/src/model-directory.ts';
import type { Format } from '../format.ts';

const files = ['config.json', 'model.safetensors', 'vocabulary.json'];

/** Reads a TensorFlow.js model, and gives its memory back. */
async function readLayersModel(folder: string): Promise<unknown> {
  const model = await loadLayersModel(folder);
  const held = {
    // Names are left out: layers that the file does not name are numbered on from one reading to the next.
    layers: model.layers.map((layer) => [
      layer.getClassName(),
      // A layer that is called twice has a shape for each call, and TensorFlow.js then no `outputShape`.
      layer.inboundNodes.map(({ outputShapes }) => outputShapes),
    ]),
    weights: model.getWeights().map((weight) => weight.dataSync().slice()),
  };
  // `dispose` of TensorFlow.js leaves the weights of nested models.
  for (const weight of model.weights) weight.dispose();
  return held;
}

/** Directories that hold a network with what it needs to run. */
export const modelFormats: readonly Format[] = [
  {
    name: 'model directory',
    sealed: true,
    files: files.map((file) => `model/${file}`),
    read: (folder) => readModelDirectory(join(folder, 'model')),
  },
  {
    name: 'language model, LSTM',
    sealed: true,
    files: files.map((file) => `model/${file}`),
    read: (folder) => readLanguageModel(join(folder, 'model')),
  },
  {
    name: 'language model, RHN',
    sealed: true,
    files: files.map((file) => `model/${file}`),
    read: (folder) => readLanguageModel(join(folder, 'model')),
  },
  {
    name: 'question-answering model',
    sealed: true,
    files: [...files, 'vectors.safetensors'].map((file) => `model/${file}`),
    read: (folder) => readAnsweringModel(join(folder, 'model')),
  },
  {
    name: 'TensorFlow.js model',
    sealed: false,
    files: ['tfjs/model.json', 'tfjs/group1-shard1of1.bin'],
    read: (folder) => readLayersModel(join(folder, 'tfjs')),
  },
  ...['sequential-h5', 'functional-keras'].map((name): Format => ({
    name: `Keras 3 model, ${name}`,
    sealed: false,
    files: [`${name}/model.json`, `${name}/group1-shard1of1.bin`],
    read: (folder) => readLayersModel(join(folder, name)),
  })),
];
