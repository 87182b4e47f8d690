import { dispose } from '@tensorflow/tfjs-core';
import { arraysOf } from '@secateur/app';
import { weightTensors } from '@secateur/cells';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import { prune, type Kept } from '@secateur/pruner';
import { compact, type Training } from '@secateur/pruner/tfjs';
import { movingAverage, type MovingAverage } from '@secateur/training';

/** What is trained; all of it gets smaller together. */
export interface Trainee extends Training {
  readonly optimizer: GroupLassoOptimizer;
  /** Of the variables; the run ends with it. */
  readonly average: MovingAverage;
  /** Empty before the first compaction. */
  readonly originalIndices: Kept;
}

/**
 * Removes dead components from a running training, from the average of its weights too: what that still remembers of them is
 * not to come back.
 *
 * @param decay - of the moving average
 */
export async function compactTrainee(trainee: Trainee, decay: number): Promise<Trainee> {
  const { average, layout } = trainee;
  const remembered = await arraysOf(average.values());
  const smaller = await compact(trainee);
  const left = weightTensors(prune(remembered, layout, smaller.kept).weights);
  const following = movingAverage(smaller.variables, decay);
  following.restore(left);
  dispose(left);
  average.dispose();
  return { ...smaller, average: following };
}
