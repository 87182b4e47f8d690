import { train } from '@tensorflow/tfjs-core';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { startAny, startNative, startOurs, startStock } from '../backend.ts';
import { createTraining, languageModels, randomWindow, trainStep } from '../language-model.ts';
import type { ModelName } from '../options.ts';
import type { Job, Prepared } from '../process/job.ts';
import { residentKib } from '../process/memory.ts';

/** What the `train` job is told. */
export interface TrainInput {
  readonly model: ModelName;
  /** Ours on wasm, on native TensorFlow or on WebGPU, or the same code composed from operations on a stock backend. */
  readonly kernels: 'ours' | 'native' | 'webgpu' | 'stock wasm' | 'stock cpu';
  /** Training steps of a round. */
  readonly steps: number;
}

/** Makes a language model ready for training; a round is some steps of it. */
export async function prepare(input: TrainInput, { threads }: Job): Promise<Prepared> {
  const { kernels } = input;
  const facts =
    kernels === 'ours'
      ? await startOurs(threads)
      : kernels === 'native'
        ? await startNative(threads)
        : kernels === 'webgpu'
          ? await startAny('webgpu', threads)
          : await startStock(kernels === 'stock wasm' ? 'wasm' : 'cpu');
  const startKib = residentKib();
  const model = languageModels[input.model];
  const training = createTraining(model, 1);
  const optimizer = groupLasso(train.sgd(1), issGroups(training.layout), {
    lambda: 0,
    clipNorm: model.clip,
  });
  let { state } = training;
  let step = 0;
  let firstLoss = NaN;
  return {
    facts: { ...facts, startKib },
    async round() {
      const start = performance.now();
      for (let i = 0; i < input.steps; i++) {
        const window = randomWindow(model, step);
        const result = await trainStep(model, { ...training, state }, optimizer, window, {
          seed: step,
        });
        if (step === 0) firstLoss = result.loss;
        ({ state } = result);
        step++;
      }
      return { step: (performance.now() - start) / input.steps };
    },
    after: () => ({ firstLoss }),
  };
}
