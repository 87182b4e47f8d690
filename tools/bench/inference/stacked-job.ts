import { dispose, tensor } from '@tensorflow/tfjs-core';
import { weightTensors } from '@secateur/cells';
import { startAny, type AnyBackend } from '../backend.ts';
import type { Job, Prepared } from '../process/job.ts';
import { prepareStacked, type StackedInput } from './forward-passes.ts';
import { inputsOf, layersOf, STEPS, weightsOf } from './stacked.ts';

/** Makes stacked networks of our layers ready on one of the backends. */
export async function prepare(
  input: StackedInput & { readonly backend: AnyBackend },
  { threads }: Job,
): Promise<Prepared> {
  const facts = await startAny(input.backend, threads);
  return prepareStacked(input, facts, (network) => {
    const weights = weightTensors(weightsOf(network, true));
    return ({ batch, softmax }) => {
      const { net } = layersOf(network, softmax);
      const x = tensor(inputsOf(network, batch), [batch, STEPS, network.input]);
      return async () => {
        const { outputs, state } = net.apply(weights, x);
        const values = await outputs.data<'float32'>();
        dispose([outputs, ...Object.values(state)]);
        return values;
      };
    };
  });
}
