import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { startStock } from '../backend.ts';
import type { Prepared } from '../process/job.ts';
import { inputsOf, STEPS, VOCAB, weightsOf, type InferCase } from './networks.ts';
import { prepareCases, type InferInput } from './prepared.ts';

/** Makes a stock `tf.LayersModel` ready on the stock WASM backend. */
export async function prepare(input: InferInput): Promise<Prepared> {
  await startStock('wasm');
  return prepareCases(input, {}, (one) => {
    const model = modelOf(one);
    const x = tensor(inputsOf(one), [one.batch, STEPS, one.network.input]);
    return () => {
      const output = model.predict(x, { batchSize: one.batch }) as Tensor;
      const values = output.dataSync<'float32'>();
      output.dispose();
      return values;
    };
  });
}

function modelOf({ network, softmax }: InferCase): LayersModel {
  const model = sequential();
  network.hidden.forEach((units, layer) => {
    model.add(
      layers.lstm({
        ...{ units, returnSequences: true, recurrentActivation: 'sigmoid' as const },
        ...{ kernelInitializer: 'zeros' as const, recurrentInitializer: 'zeros' as const },
        ...(layer === 0 && { inputShape: [STEPS, network.input] }),
      }),
    );
  });
  if (softmax) {
    model.add(layers.dense({ units: VOCAB, useBias: false, kernelInitializer: 'zeros' }));
  }
  const weights = weightsOf(network);
  tidy(() => {
    model.setWeights([
      ...weights.layers.flatMap(({ input, units, kernel, recurrent, bias }) => [
        tensor(kernel, [input, 4 * units]),
        tensor(recurrent, [units, 4 * units]),
        tensor(bias, [4 * units]),
      ]),
      ...(softmax ? [tensor(weights.softmax, [network.hidden[1], VOCAB])] : []),
    ]);
  });
  return model;
}
