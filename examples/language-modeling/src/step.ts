import {
  dispose,
  keep,
  scalar,
  sum,
  tensor1d,
  tensor2d,
  div,
  type Scalar,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, type LstmState } from '@whittle/cells';
import type { GroupLassoOptimizer } from '@whittle/lasso';
import { forward, type Dropping } from './model.ts';

/** What one step of training computed. */
export interface StepResult {
  /** Cross-entropy summed over the window's words, mean over the batch, in nats; without the penalty. */
  readonly loss: number;
  /** State after the window; the state given in is disposed. */
  readonly state: LstmState[];
}

/**
 * One step of truncated backpropagation through time: the loss is summed over time and averaged over the batch, as the
 * original's, because lambda is measured against it (Wen et al. 2018, and its `ptb_word_lm.py`).
 */
export async function trainStep(
  weights: Readonly<Record<string, Variable>>,
  optimizer: GroupLassoOptimizer,
  window: { readonly inputs: Int32Array; readonly targets: Int32Array },
  state: readonly LstmState[],
  options: {
    readonly batch: number;
    readonly steps: number;
    readonly forgetBias: number;
    readonly dropping?: Dropping | undefined;
  },
): Promise<StepResult> {
  const { batch, steps } = options;
  let after: LstmState[] = [];
  const inputs = tensor2d(window.inputs, [batch, steps], 'int32');
  const targets = tensor1d(window.targets, 'int32');
  const cost = optimizer.minimize(
    () => {
      const result = forward(weights, inputs as Tensor2D, state, options);
      after = result.state.map(({ h, c }) => ({ h: keep(h), c: keep(c) }));
      return div(sum(softmaxCrossEntropy(result.logits, targets)), scalar(batch)) as Scalar;
    },
    true,
    Object.values(weights),
  )!;
  const loss = (await cost.data())[0]!;
  dispose([inputs, targets, cost, ...state.flatMap(({ h, c }) => [h, c])]);
  return { loss, state: after };
}
