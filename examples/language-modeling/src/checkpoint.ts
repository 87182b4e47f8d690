import { tensor2d, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import {
  issGroups,
  layoutToJson,
  type Layout,
  type LayoutJson,
  type Weights,
} from '@whittle/groups';
import {
  readVariables,
  type Checkpoint,
  type GuardState,
  type SavedTensors,
} from '@whittle/training';
import type { Best } from './best.ts';
import type { State } from './network/network.ts';

/** What a checkpoint keeps beside the tensors; all of it is needed to go on with the same bits. */
export interface Position {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** The window to read next. */
  readonly window: number;
  /** Sum of the losses a word of this epoch's windows. */
  readonly epochLoss: number;
  /** Running mean of the losses a word; null before the first. */
  readonly recentLoss: number | null;
  readonly layout: LayoutJson;
  /** For each dimension that compaction may shrink: the first numbers of the components that are left. */
  readonly origins: Readonly<Record<string, readonly number[]>>;
  /** The epoch with the best validation perplexity, whose weights are kept beside; null before the first. */
  readonly best: Best | null;
  readonly guard: GuardState | null;
  /** Words trained on and seconds spent on them, by all sessions of the run. */
  readonly words: number;
  readonly seconds: number;
}

/** The position before the first step. */
export function startPosition(layout: Layout): Position {
  const origins = Object.fromEntries(
    issGroups(layout).map(({ name, count }) => [name, Array.from({ length: count }, (_, i) => i)]),
  );
  return {
    epoch: 0,
    window: 0,
    epochLoss: 0,
    recentLoss: null,
    layout: layoutToJson(layout),
    origins,
    best: null,
    guard: null,
    words: 0,
    seconds: 0,
  };
}

/** The tensors of a checkpoint: `weights/...` and the carried `state/...`. Plain SGD has no slots. */
export function checkpointTensors(
  variables: Readonly<Record<string, Variable>>,
  state: State,
): Promise<SavedTensors> {
  const named: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(variables)) named[`weights/${name}`] = value;
  for (const [name, value] of Object.entries(state)) named[`state/${name}`] = value;
  return readVariables(named);
}

/**
 * The weights of a checkpoint in the order of the layout, in which the run began: sums over all weights, such as the
 * clip's norm, have other last bits in another order.
 */
export function weightsOf(checkpoint: Checkpoint, layout: Layout): Weights {
  return Object.fromEntries(
    Object.keys(layout.weights).map((name) => {
      const saved = checkpoint.tensors[`weights/${name}`];
      if (saved === undefined) {
        throw new Error(
          `the checkpoint of step ${checkpoint.step} lacks the weight "${name}" of its own layout; it was written by another version, so begin the run anew.`,
        );
      }
      return [name, { shape: saved.shape, data: saved.data as Float32Array }];
    }),
  );
}

/** The carried state of a checkpoint. */
export function stateOf(checkpoint: Checkpoint): State {
  const saved = Object.entries(checkpoint.tensors).filter(([name]) => name.startsWith('state/'));
  return Object.fromEntries(
    saved.map(([name, { shape, data }]) => [
      name.slice('state/'.length),
      tensor2d(data, [shape[0]!, shape[1]!]),
    ]),
  );
}
