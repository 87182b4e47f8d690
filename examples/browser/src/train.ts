import { dispose, mean, mul, tidy, train, type Scalar } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, weightTensors, weightVariables } from '@secateur/cells';
import { issGroups, type Weights } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { findRemovable, prune } from '@secateur/pruner';
import { fetchVariables, verify } from '@secateur/pruner/tfjs';
import { firstWeights, layout, logitsOf, windowOf } from './model.ts';

/** What came of a run. */
export interface Result {
  /** Components of each layer before and after. */
  readonly layers: readonly {
    readonly name: string;
    readonly before: number;
    readonly kept: number;
  }[];
  /** Largest difference of any logit between the network before and after pruning. */
  readonly difference: number;
}

/** Trains for some steps, then removes the components that died; `onStep` hears the loss of every step. */
export async function trainAndPrune(
  steps: number,
  onStep: (loss: number) => void,
): Promise<Result> {
  const variables = weightVariables(firstWeights());
  const optimizer = groupLasso(train.sgd(0.8), issGroups(layout), {
    // Half of the multiply-adds, by half of the steps; the others train what is left.
    budget: { layout, macs: 0.5, by: Math.ceil(steps / 2) },
    // At this learning rate some first weights would otherwise be thrown out of reach.
    clipNorm: 5,
  });
  try {
    for (let step = 0; step < steps; step++) {
      const { words, next } = windowOf(step);
      const cost = optimizer.minimize(
        // Six words in a sequence: the loss is their sum.
        () => mul(mean(softmaxCrossEntropy(logitsOf(variables, words), next)), 6) as Scalar,
        true,
      )!;
      onStep((await cost.data())[0]!);
      dispose([words, next, cost]);
    }
    return await cut(await fetchVariables(variables));
  } finally {
    optimizer.dispose();
    dispose(Object.values(variables));
  }
}

async function cut(weights: Weights): Promise<Result> {
  const { kept, removed } = findRemovable(weights, layout);
  const smaller = prune(weights, layout, kept);
  const networks = [weights, smaller.weights].map(weightTensors);
  const { words, next } = windowOf(0);
  const [before, after] = networks.map((each) => () => tidy(() => logitsOf(each, words)));
  const { maxAbsDifference } = await verify(before!, after!);
  dispose([words, next, ...networks.flatMap((each) => Object.values(each))]);
  return {
    layers: Object.entries(kept).map(([name, indices]) => ({
      name,
      before: indices.length + removed[name]!.length,
      kept: indices.length,
    })),
    difference: maxAbsDifference,
  };
}
