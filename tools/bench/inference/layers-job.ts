import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { toLayersModel } from '@secateur/pruner/tfjs';
import { startAny } from '../backend.ts';
import type { Prepared } from '../process/job.ts';
import { prepareStacked, type StackedInput } from './forward-passes.ts';
import { inputsOf, layersOf, STEPS, weightsOf } from './stacked.ts';

/** Makes stock `tf.LayersModel`s ready on the stock WASM backend. */
export async function prepare(input: StackedInput): Promise<Prepared> {
  const facts = await startAny('stock', 1);
  return prepareStacked(input, facts, (network) => ({ batch, softmax }) => {
    const { net, dims } = layersOf(network, softmax);
    const weights = weightsOf(network, softmax);
    const model = toLayersModel(
      net,
      { weights, layout: net.layout(dims) },
      { batchInputShape: [batch, STEPS] },
    );
    const x = tensor(inputsOf(network, batch), [batch, STEPS, network.input]);
    return () => {
      const output = model.predict(x, { batchSize: batch }) as Tensor;
      const values = output.dataSync<'float32'>();
      output.dispose();
      return values;
    };
  });
}
