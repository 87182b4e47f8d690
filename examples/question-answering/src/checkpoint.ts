import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { firstSession, type SessionState } from '@secateur/app';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import {
  readOptimizerState,
  readVariables,
  type MovingAverage,
  type SavedTensors,
} from '@secateur/training';

/** What a checkpoint keeps beside the tensors; all of it is needed to go on with the same bits. */
export interface Position {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** The batch of the epoch to train on next. */
  readonly batch: number;
  /** Sum of the losses of this epoch's batches. */
  readonly epochLoss: number;
  /** What the optimizer remembers beside its tensors; null before the first step. */
  readonly optimizer: unknown;
  readonly session: SessionState;
}

/** The position before the first step. */
export const startPosition: Position = {
  ...{ epoch: 0, batch: 0, epochLoss: 0 },
  ...{ optimizer: null, session: firstSession },
};

/** What is trained. */
export interface Trainee {
  readonly variables: Readonly<Record<string, Variable>>;
  readonly optimizer: GroupLassoOptimizer;
  readonly average: MovingAverage;
}

/** The tensors of a checkpoint, `weights/...`, `average/...` and the optimizer's own, and what it remembers besides. */
export async function checkpointOf({
  variables,
  optimizer,
  average,
}: Trainee): Promise<{ readonly tensors: SavedTensors; readonly optimizer: unknown }> {
  const prefixed = (prefix: string, tensors: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, value]) => [`${prefix}/${name}`, value]),
    );
  const named = await readVariables({
    ...prefixed('weights', variables),
    ...prefixed('average', average.values()),
  });
  const { tensors, state } = await readOptimizerState(optimizer);
  return { tensors: { ...named, ...tensors }, optimizer: state };
}
