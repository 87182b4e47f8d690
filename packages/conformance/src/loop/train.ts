import {
  dispose,
  div,
  keep,
  reshape,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  train,
  variable,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { dense, embedding, lstm, softmaxCrossEntropy, type LstmState } from '@secateur/cells';
import { issGroups, type Weights } from '@secateur/groups';
import { groupLasso, type BudgetOptions } from '@secateur/lasso';
import { fetchVariables } from '@secateur/pruner/tfjs';
import { epsilon, layout, model, windowOf, type LoopOptions } from './setup.ts';

type Named = Readonly<Record<string, Tensor>>;

/** Tensors of some weights, by name. */
export function tensorsOf(weights: Weights): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tensor(data, [...shape])]),
  );
}

/** A state of zeros for the two layers. */
export function zeroState(weights: Named): LstmState[] {
  return ['lstm1', 'lstm2'].map((name) => {
    const units = weights[`${name}/recurrent`]!.shape[0]!;
    return { h: zeros([model.batch, units]), c: zeros([model.batch, units]) };
  });
}

/** Logits of the words that follow, `[batch * time, vocab]`, and the state after the last step. */
export function forward(
  weights: Named,
  words: Tensor2D,
  state: readonly LstmState[],
): { logits: Tensor2D; state: LstmState[] } {
  let x = embedding(words, weights['embedding'] as Tensor2D);
  const after = state.map((before, layer) => {
    const part = (name: string): Tensor => weights[`lstm${layer + 1}/${name}`]!;
    const result = lstm(
      x,
      {
        kernel: part('kernel') as Tensor2D,
        recurrent: part('recurrent') as Tensor2D,
        bias: part('bias') as Tensor1D,
      },
      before,
    );
    x = result.outputs;
    return result.state;
  });
  const logits = dense(
    reshape(x, [x.shape[0] * x.shape[1], x.shape[2]]),
    weights['softmax/kernel'] as Tensor2D,
    weights['softmax/bias'] as Tensor1D,
  );
  return { logits: logits as Tensor2D, state: after };
}

/** What a run of the loop gives. */
export interface Trained {
  /** The weights after the last step. */
  readonly weights: Weights;
  /** The loss of every step. */
  readonly losses: readonly number[];
  /** Components alive in each dimension, as the optimizer counts them. */
  readonly alive: Readonly<Record<string, number>>;
}

/** Trains as `trainReference` does, with the packages and on whatever backend is current; or with another penalty. */
export async function trainOnBackend(
  first: Weights,
  options: LoopOptions,
  budget?: BudgetOptions,
): Promise<Trained> {
  const { lambda, threshold, penalty, clipNorm, learningRate, steps } = options;
  const initial = tensorsOf(first);
  const variables: Record<string, Variable> = Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [name, variable(value, true, name)]),
  );
  dispose(initial);
  const optimizer = groupLasso(
    train.sgd(learningRate),
    issGroups(layout),
    budget === undefined ? { lambda, threshold, penalty, clipNorm, epsilon } : { budget, clipNorm },
  );
  let state = zeroState(variables);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { inputs, targets } = windowOf(step);
    const words = tensor2d(inputs, [model.batch, model.time], 'int32');
    const next = tensor1d(targets, 'int32');
    let after: LstmState[] = [];
    const cost = optimizer.minimize(
      () => {
        const result = forward(variables, words, state);
        after = result.state.map(({ h, c }) => ({ h: keep(h), c: keep(c) }));
        return div(sum(softmaxCrossEntropy(result.logits, next)), model.batch) as Scalar;
      },
      true,
      Object.values(variables),
    )!;
    losses.push((await cost.data())[0]!);
    dispose([words, next, cost, ...state.flatMap(({ h, c }) => [h, c])]);
    state = after;
  }
  const { alive } = await optimizer.metrics();
  const weights = await fetchVariables(variables);
  dispose([...Object.values(variables), ...state.flatMap(({ h, c }) => [h, c])]);
  optimizer.dispose();
  return { weights, losses, alive };
}
