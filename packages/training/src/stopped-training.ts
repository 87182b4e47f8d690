import { basename } from 'node:path';
import { sentence } from '@secateur/input';
import type { CheckpointEntry } from './checkpoint-store.ts';
import { TrainingError } from './error.ts';

/**
 * Makes the error to throw when something outside the training ended it, such as a GPU that was lost or memory that ran
 * out: it tells what happened at which step, and which checkpoint to go on from. Errors of this package stay as they are.
 *
 * @example
 * ```ts
 * import { stoppedTraining } from '@secateur/training';
 *
 * const checkpoints = [{ step: 100, file: 'run/checkpoints/step-00000100.safetensors' }];
 * const error = stoppedTraining(new Error('the GPU was lost'), { step: 120, checkpoints });
 * error.code; // => stopped
 * /found: (.*?) As/.exec(error.message)?.[1]; // => the GPU was lost.
 * /checkpoint is (\S+)/.exec(error.message)?.[1]; // => step-00000100.safetensors
 * ```
 */
export function stoppedTraining(
  cause: unknown,
  {
    step,
    checkpoints,
  }: { readonly step: number; readonly checkpoints: readonly CheckpointEntry[] },
): TrainingError {
  if (cause instanceof TrainingError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const last = checkpoints.at(-1);
  const pointer =
    last === undefined
      ? 'no checkpoint was saved yet, so the same command begins again'
      : `the last checkpoint is ${basename(last.file)} of step ${String(last.step)} (${last.file}), and the same command goes on from there`;
  return new TrainingError(
    `training: expected to go on after step ${String(step)}, found: ${sentence(reason)} As for this training, ${pointer}.`,
    { code: 'stopped', cause },
  );
}
