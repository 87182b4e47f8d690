import {
  dispose,
  scalar,
  sum,
  tensor1d,
  tensor2d,
  div,
  type Scalar,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '@secateur/cells';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import type { Dropping, Network, State } from './network/network.ts';
import { keepState } from './network/state.ts';

/** What one step of training computed. */
export interface StepResult {
  /** Cross-entropy summed over the window's words, mean over the batch, in nats; without the penalty. */
  readonly loss: number;
  /** State after the window; the state given in is disposed, unless the step fails. */
  readonly state: State;
}

/**
 * One step of truncated backpropagation through time: the loss is summed over time and averaged over the batch, as the
 * original's, because lambda is measured against it (Wen et al. 2018, and its `ptb_word_lm.py`).
 */
export async function trainStep(
  network: Network,
  weights: Readonly<Record<string, Variable>>,
  optimizer: GroupLassoOptimizer,
  window: { readonly inputs: Int32Array; readonly targets: Int32Array },
  state: State,
  options: {
    readonly batch: number;
    readonly steps: number;
    readonly dropping?: Dropping | undefined;
  },
): Promise<StepResult> {
  const { batch, steps } = options;
  let after: State = {};
  const inputs = tensor2d(window.inputs, [batch, steps], 'int32');
  const targets = tensor1d(window.targets, 'int32');
  let cost: Scalar | null = null;
  try {
    cost = optimizer.minimize(
      () => {
        const result = network.forward(weights, inputs as Tensor2D, state, options.dropping);
        after = keepState(result.state);
        return div(sum(softmaxCrossEntropy(result.logits, targets)), scalar(batch)) as Scalar;
      },
      true,
      Object.values(weights),
    );
    const loss = (await cost!.data())[0]!;
    dispose({ ...state });
    return { loss, state: after };
  } catch (error) {
    // The state given in stays the caller's.
    dispose({ ...after });
    throw error;
  } finally {
    dispose([inputs, targets]);
    cost?.dispose();
  }
}
