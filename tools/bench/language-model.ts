import {
  div,
  dispose,
  keep,
  reshape,
  scalar,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  variable,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  dense,
  distillation,
  dropout,
  embedding,
  lstm,
  softmaxCrossEntropy,
  uniformWeights,
  type LstmState,
} from '@secateur/cells';
import { layoutShapes, stackedLstmLayout, type Layout } from '@secateur/groups';
import type { GroupLassoOptimizer } from '@secateur/lasso';

/** A stacked LSTM language model and the shape of its training steps. */
export interface LanguageModel {
  readonly vocab: number;
  readonly embed: number;
  readonly hidden: readonly number[];
  readonly batch: number;
  readonly steps: number;
  /** Probability that dropout keeps a value. */
  readonly keep: number;
  /** Largest global norm of the gradients. */
  readonly clip: number;
  /** Weights start uniform in ±init. */
  readonly init: number;
}

const zaremba = { vocab: 10000, batch: 20 };

/** The three models of Zaremba et al. 2014, as the TensorFlow tutorial runs them on Penn Treebank. */
export const languageModels = {
  small: { ...zaremba, embed: 200, hidden: [200, 200], steps: 20, keep: 1, clip: 5, init: 0.1 },
  medium: { ...zaremba, embed: 650, hidden: [650, 650], steps: 35, keep: 0.5, clip: 5, init: 0.05 },
  large: {
    ...zaremba,
    ...{ embed: 1500, hidden: [1500, 1500], steps: 35, keep: 0.35, clip: 10, init: 0.04 },
  },
} satisfies Record<string, LanguageModel>;

/** A model in training. */
export interface Training {
  readonly layout: Layout;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly state: readonly LstmState[];
}

/** The words of one step and those that follow them, row by row. */
export interface Window {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

/** Draws a model's weights and starts from a state of zeros. TensorFlow.js lets a variable's name be used once, hence `prefix`. */
export function createTraining(model: LanguageModel, seed: number, prefix = ''): Training {
  const { vocab, embed, hidden, init } = model;
  const layout = stackedLstmLayout({ vocab, embed, hidden });
  const draw = uniformWeights({ min: -init, max: init, seed });
  const variables = Object.entries(layoutShapes(layout)).map(([name, shape]) => {
    const value = tensor(draw(name, shape).data, [...shape]);
    const made = variable(value, true, `${prefix}${name}`);
    value.dispose();
    return [name, made] as const;
  });
  return {
    layout,
    variables: Object.fromEntries(variables),
    state: zeroState(hidden, model.batch),
  };
}

/** A state of zeros for layers of these sizes. */
export function zeroState(hidden: readonly number[], batch: number): LstmState[] {
  const zero = (units: number): Tensor2D => zeros([batch, units]) as Tensor2D;
  return hidden.map((units) => ({ h: zero(units), c: zero(units) }));
}

/**
 * One step of truncated back-propagation: forward, backward, clip, update. The loss is summed over time and averaged
 * over the batch; with a teacher, whose state is of zeros, half of it comes from that. Disposes the state that it is given and
 * returns the one after it.
 */
export function trainStep(
  model: Pick<LanguageModel, 'batch' | 'steps' | 'keep'>,
  { variables, state }: Pick<Training, 'variables' | 'state'>,
  optimizer: GroupLassoOptimizer,
  window: Window,
  { seed, teacher }: { readonly seed: number; readonly teacher?: Training },
): { readonly loss: number; readonly state: LstmState[] } {
  const { batch, steps } = model;
  const inputs = tensor2d(window.inputs, [batch, steps], 'int32');
  const targets = tensor1d(window.targets, 'int32');
  const taught =
    teacher && tidy(() => forward({ keep: 1 }, teacher.variables, teacher.state, inputs, 0).logits);
  let after: LstmState[] = [];
  const cost = optimizer.minimize(
    () => {
      const result = forward(model, variables, state, inputs, seed);
      after = result.state.map(({ h, c }) => ({ h: keep(h), c: keep(c) }));
      const losses =
        taught === undefined
          ? softmaxCrossEntropy(result.logits, targets)
          : distillation(result.logits, taught, targets, { share: 0.5 });
      return div(sum(losses), scalar(batch)) as Scalar;
    },
    true,
    Object.values(variables),
  )!;
  const loss = cost.dataSync()[0]!;
  dispose([inputs, targets, cost, ...state.flatMap(({ h, c }) => [h, c])]);
  taught?.dispose();
  return { loss, state: after };
}

/** The logits of the next words, `[batch * steps, vocab]`, and the state after the last step. */
function forward(
  model: Pick<LanguageModel, 'keep'>,
  variables: Training['variables'],
  state: readonly LstmState[],
  inputs: Tensor2D,
  seed: number,
): { readonly logits: Tensor2D; readonly state: LstmState[] } {
  const drop = <T extends Tensor>(x: T, place: number): T =>
    model.keep === 1 ? x : dropout(x, model.keep, 10 * seed + place);
  let x = drop(embedding(inputs, variables['embedding'] as Tensor as Tensor2D), 0);
  const after = state.map((before, layer) => {
    const own = (part: string): Tensor => variables[`lstm${layer + 1}/${part}`]!;
    const weights = {
      kernel: own('kernel') as Tensor2D,
      recurrent: own('recurrent') as Tensor2D,
      bias: own('bias') as Tensor1D,
    };
    const result = lstm(x, weights, before);
    x = drop(result.outputs, layer + 1);
    return result.state;
  });
  const flat = reshape(x, [x.shape[0] * x.shape[1], x.shape[2]]);
  const logits = dense(
    flat,
    variables['softmax/kernel'] as Tensor as Tensor2D,
    variables['softmax/bias'] as Tensor as Tensor1D,
  ) as Tensor2D;
  return { logits, state: after };
}

/** Random words, the same for the same seed, and as targets the words that follow them. */
export function randomWindow({ vocab, batch, steps }: LanguageModel, seed: number): Window {
  let state = seed * 2654435761 + 1;
  const word = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * vocab);
  };
  const inputs = new Int32Array(batch * steps);
  const targets = new Int32Array(batch * steps);
  for (let row = 0; row < batch; row++) {
    let next = word();
    for (let step = 0; step < steps; step++) {
      inputs[row * steps + step] = next;
      next = word();
      targets[row * steps + step] = next;
    }
  }
  return { inputs, targets };
}
