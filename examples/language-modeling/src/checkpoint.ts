import { tensor2d, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { firstOrigins, firstSession, type Origins, type SessionState } from '@secateur/app';
import { layoutToJson, type Layout, type LayoutJson } from '@secateur/groups';
import { readVariables, type Checkpoint, type SavedTensors } from '@secateur/training';
import type { State } from './network/network.ts';

/** Which epoch was best on the validation text, and what its network was. */
export interface Best {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** Its validation perplexity. */
  readonly valid: number;
  readonly layout: LayoutJson;
  readonly origins: Origins;
}

/** What a checkpoint keeps beside the tensors; all of it is needed to go on with the same bits. */
export interface Position {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** The window to read next. */
  readonly window: number;
  /** Sum of the losses a word of this epoch's windows. */
  readonly epochLoss: number;
  readonly layout: LayoutJson;
  readonly origins: Origins;
  /** The epoch with the best validation perplexity, whose weights are kept beside; null before the first. */
  readonly best: Best | null;
  readonly session: SessionState;
}

/** The position before the first step. */
export function startPosition(layout: Layout): Position {
  return {
    epoch: 0,
    window: 0,
    epochLoss: 0,
    layout: layoutToJson(layout),
    origins: firstOrigins(layout),
    best: null,
    session: firstSession,
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
