import { dispose, div, keep, sum, tensor2d, train, type Scalar } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, weightVariables, type NamedStates } from '@secateur/cells';
import { issGroups, type Weights } from '@secateur/groups';
import { groupLasso, type BudgetOptions } from '@secateur/lasso';
import { fetchVariables } from '@secateur/pruner/tfjs';
import { epsilon, layout, model, net, windowOf, type LoopOptions } from './setup.ts';

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
  const variables = weightVariables(first);
  const optimizer = groupLasso(
    train.sgd(learningRate),
    issGroups(layout),
    budget === undefined ? { lambda, threshold, penalty, clipNorm, epsilon } : { budget, clipNorm },
  );
  let state = net.zeroState(variables, model.batch);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { inputs, targets } = windowOf(step);
    const words = tensor2d(inputs, [model.batch, model.time], 'int32');
    const next = tensor2d(targets, [model.batch, model.time], 'int32');
    let after: NamedStates = {};
    const cost = optimizer.minimize(
      () => {
        const result = net.apply(variables, words, { state });
        const kept = Object.entries(result.state).map(
          ([name, each]) => [name, keep(each)] as const,
        );
        after = Object.fromEntries(kept);
        return div(sum(softmaxCrossEntropy(result.outputs, next)), model.batch) as Scalar;
      },
      true,
      Object.values(variables),
    )!;
    losses.push((await cost.data())[0]!);
    dispose([words, next, cost, ...Object.values(state)]);
    state = after;
  }
  const { alive } = await optimizer.metrics();
  const weights = await fetchVariables(variables);
  dispose([...Object.values(variables), ...Object.values(state)]);
  optimizer.dispose();
  return { weights, losses, alive };
}
