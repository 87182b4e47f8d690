import { tensor, tidy, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { dense, rhn, type RhnWeights } from '@secateur/cells';
import { startAny, type AnyBackend } from '../backend.ts';
import { prepareForwards } from '../process/forward-passes.ts';
import type { Job, Prepared } from '../process/job.ts';
import {
  caseName,
  casesOf,
  DEPTH,
  inputsOf,
  STEPS,
  TRANSFORM_BIAS,
  valuesOf,
  VOCAB,
} from './networks.ts';

/** What the job is told. */
export interface HighwayInput {
  readonly widths: readonly number[];
  /** Only batch 10 with the logits, as the paper times its LSTMs. */
  readonly paperOnly?: boolean;
  readonly backend: AnyBackend;
}

/** Makes Recurrent Highway Networks ready. */
export async function prepare(input: HighwayInput, { threads }: Job): Promise<Prepared> {
  const facts = await startAny(input.backend, threads);
  const made = new Map<number, ReturnType<typeof tensorsOf>>();
  return prepareForwards(casesOf(input.widths, input.paperOnly), caseName, facts, (one) => {
    const { width, batch, softmax } = one;
    const { weights, embedding } = made.get(width) ?? tensorsOf(width);
    made.set(width, { weights, embedding });
    const x = tensor(inputsOf(one), [batch, STEPS, width]) as Tensor3D;
    return async () => {
      const output = tidy(() => {
        const { outputs } = rhn(x, weights, undefined, { transformBias: TRANSFORM_BIAS });
        return softmax ? dense(outputs, embedding, undefined, { transposed: true }) : outputs;
      });
      const values = await output.data<'float32'>();
      output.dispose();
      return values;
    };
  });
}

function tensorsOf(width: number): { weights: RhnWeights; embedding: Tensor2D } {
  const { kernel, recurrent, bias, embedding } = valuesOf(width);
  return {
    weights: {
      kernel: tensor(kernel, [width, 2 * width]) as Tensor2D,
      recurrent: tensor(recurrent, [width, DEPTH * 2 * width]) as Tensor2D,
      bias: tensor(bias, [DEPTH * 2 * width]) as Tensor1D,
    },
    embedding: tensor(embedding, [VOCAB, width]) as Tensor2D,
  };
}
