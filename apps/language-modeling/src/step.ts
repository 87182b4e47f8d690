import {
  dispose,
  keep,
  scalar,
  sum,
  tensor1d,
  tensor2d,
  div,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  distillation,
  softmaxCrossEntropy,
  type Training,
  type NamedStates,
} from '@secateur/cells';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import type { Window } from './data/batches.ts';
import type { LanguageModel } from './network/network.ts';
import { keepState, ownState } from './network/state.ts';
import type { Lessons } from './stored-teacher.ts';

/** What one step of training computed. */
export interface StepResult {
  /** What was minimized beside the penalty, summed over the window's words, mean over the batch, in nats. */
  readonly loss: number;
  /** The cross-entropy from the labels, likewise; it is the whole loss when there is no teacher. */
  readonly labelLoss: number;
  /** NamedStates after the window, the teacher's among it; the state given in is disposed, unless the step fails. */
  readonly state: NamedStates;
}

/**
 * One step of truncated backpropagation through time: the loss is summed over time and averaged over the batch, as the
 * original's, because lambda is measured against it (Wen et al. 2018, and its `ptb_word_lm.py`). A teacher reads the window
 * first, outside of what is differentiated; `state` holds its state too. The place of the window in the text is the teacher's to know.
 */
export async function trainStep(
  network: LanguageModel,
  weights: Readonly<Record<string, Variable>>,
  optimizer: GroupLassoOptimizer,
  window: Window,
  state: NamedStates,
  options: {
    readonly batch: number;
    readonly steps: number;
    readonly training?: Training;
    readonly teacher?: Lessons | null;
  },
): Promise<StepResult> {
  const { batch, steps, teacher = null } = options;
  let after: NamedStates = {};
  const inputs = tensor2d(window.inputs, [batch, steps], 'int32') as Tensor2D;
  const targets = tensor1d(window.targets, 'int32');
  const used: Tensor[] = [inputs, targets];
  const meanOverBatch = (losses: Tensor): Scalar => div(sum(losses), scalar(batch));
  try {
    const taught = teacher?.read(inputs, state, window.index);
    if (taught) {
      after = taught.state;
      used.push(taught.logits);
    }
    let logits: Tensor | null = null;
    const cost = optimizer.minimize(
      () => {
        const result = network.forward(weights, inputs, ownState(network, state), options.training);
        after = { ...after, ...keepState(result.state) };
        if (!taught) return meanOverBatch(softmaxCrossEntropy(result.logits, targets));
        logits = keep(result.logits);
        used.push(logits);
        const { share, temperature } = teacher!;
        return meanOverBatch(distillation(logits, taught.logits, targets, { share, temperature }));
      },
      true,
      Object.values(weights),
    )!;
    used.push(cost);
    const fromLabels = taught
      ? tidy(() => meanOverBatch(softmaxCrossEntropy(logits!, targets)))
      : cost;
    if (taught) used.push(fromLabels);
    const loss = (await cost.data())[0]!;
    const labelLoss = (await fromLabels.data())[0]!;
    dispose({ ...state });
    return { loss, labelLoss, state: after };
  } catch (error) {
    // The state given in stays the caller's.
    dispose({ ...after });
    throw error;
  } finally {
    dispose(used);
  }
}
