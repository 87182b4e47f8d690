import { exitCodeOf } from '@secateur/training/run';
import { messageOf } from '../message-of.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { Training } from './child.ts';

/** What a function that trains in this process is given. */
export interface TrialContext {
  readonly spec: TrialSpec;
  /** The run directory, which may hold a checkpoint to go on from. */
  readonly directory: string;
  /** Aborted when the training is to save a checkpoint and end. */
  readonly signal: AbortSignal;
}

/** Trains in the run directory to its end, or throws; a TrainingError of settings or a divergence is not tried again. */
export type TrainFunction = (trial: TrialContext) => Promise<void>;

/** Starts a function as a training. It cannot be killed: its writes go to a directory that nobody reads any more. */
export function startFunction(train: TrainFunction, trial: Omit<TrialContext, 'signal'>): Training {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  const ended = (async () => train({ ...trial, signal: controller.signal }))().then(
    () => ({ code: 0, message: 'it returned' }),
    (error: unknown) => ({
      code: exitCodeOf(error),
      message: `it threw: ${messageOf(error)}`,
    }),
  );
  return { ended, stop, kill: stop };
}
