import { tensor2d, tensor3d, train } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { startAny } from '../backend.ts';
import type { Prepared } from '../process/job.ts';
import { residentKib } from '../process/memory.ts';
import { languageModels, randomWindow } from './language-model.ts';
import type { StepsInput } from './steps-job.ts';

/** Makes the language model ready as `tf.layers` has it: no clip, a mean over words, states that are not carried. */
export async function prepare(input: StepsInput): Promise<Prepared> {
  await startAny('stock', 1);
  const startKib = residentKib();
  const size = languageModels[input.model];
  const { batch, steps, vocab, embed, hidden, dropout, init } = size;
  // The default, an orthogonal matrix, takes tens of seconds; it is no part of a step.
  const uniform = () => initializers.randomUniform({ minval: -init, maxval: init, seed: 1 });
  const model = sequential();
  model.add(
    layers.embedding({
      ...{ inputDim: vocab, outputDim: embed, batchInputShape: [batch, steps] },
      embeddingsInitializer: uniform(),
    }),
  );
  for (const units of hidden) {
    if (dropout > 0) model.add(layers.dropout({ rate: dropout }));
    model.add(
      layers.lstm({
        ...{ units, returnSequences: true, recurrentActivation: 'sigmoid' as const },
        ...{ kernelInitializer: uniform(), recurrentInitializer: uniform() },
      }),
    );
  }
  if (dropout > 0) model.add(layers.dropout({ rate: dropout }));
  model.add(
    layers.timeDistributed({
      layer: layers.dense({ units: vocab, activation: 'softmax', kernelInitializer: uniform() }),
    }),
  );
  model.compile({ optimizer: train.sgd(1), loss: 'sparseCategoricalCrossentropy' });
  let step = 0;
  let firstLoss = NaN;
  return {
    facts: { startKib },
    async round() {
      const start = performance.now();
      for (let i = 0; i < input.steps; i++) {
        const window = randomWindow(size, step);
        const inputs = tensor2d(window.inputs, [batch, steps], 'int32');
        const targets = tensor3d(Float32Array.from(window.targets), [batch, steps, 1]);
        const loss = (await model.trainOnBatch(inputs, targets)) as number;
        if (step === 0) firstLoss = loss * steps;
        inputs.dispose();
        targets.dispose();
        step++;
      }
      return { step: (performance.now() - start) / input.steps };
    },
    after: () => ({ firstLoss }),
  };
}
