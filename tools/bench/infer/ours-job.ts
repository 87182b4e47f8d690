import {
  reshape,
  tensor,
  tidy,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { dense, lstm, type LstmWeights } from '@secateur/cells';
import { startAny, type AnyBackend } from '../backend.ts';
import type { Job, Prepared } from '../process/job.ts';
import { inputsOf, STEPS, VOCAB, weightsOf, type LayerWeights, type Network } from './networks.ts';
import { prepareCases, type InferInput } from './prepared.ts';

/** Makes our LSTMs ready on one of our backends. */
export async function prepare(
  input: InferInput & { readonly backend: AnyBackend },
  { threads }: Job,
): Promise<Prepared> {
  const facts = await startAny(input.backend, threads);
  const made = new Map<Network, ReturnType<typeof tensorsOf>>();
  return prepareCases(input, facts, (one) => {
    const { network, batch, softmax } = one;
    const weights = made.get(network) ?? tensorsOf(network);
    made.set(network, weights);
    const x = tensor(inputsOf(one), [batch, STEPS, network.input]) as Tensor3D;
    return async () => {
      const output = tidy(() => {
        let y = x;
        for (const layer of weights.layers) y = lstm(y, layer).outputs;
        return softmax ? dense(reshape(y, [batch * STEPS, -1]), weights.softmax) : y;
      });
      const values = await output.data<'float32'>();
      output.dispose();
      return values;
    };
  });
}

function tensorsOf(network: Network): { layers: LstmWeights[]; softmax: Tensor2D } {
  const { layers, softmax } = weightsOf(network);
  return {
    layers: layers.map(tensorsOfLayer),
    softmax: tensor(softmax, [network.hidden[1], VOCAB]) as Tensor2D,
  };
}

function tensorsOfLayer({ input, units, kernel, recurrent, bias }: LayerWeights): LstmWeights {
  return {
    kernel: tensor(kernel, [input, 4 * units]) as Tensor2D,
    recurrent: tensor(recurrent, [units, 4 * units]) as Tensor2D,
    bias: tensor(bias, [4 * units]) as Tensor1D,
  };
}
