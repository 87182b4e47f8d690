import { join } from 'node:path';
import type { Variable } from '@tensorflow/tfjs-core';
import { checkpointWeights, expectFact } from '@secateur/app';
import { layoutFromJson, type Weights } from '@secateur/groups';
import { readCheckpoint, writeCheckpoint } from '@secateur/training';
import { checkpointTensors, type Best } from './checkpoint.ts';

const fileIn = (directory: string): string => join(directory, 'best.safetensors');

/**
 * Keeps the weights of the best epoch in a run directory. It is written before the checkpoint that names it: a run that is
 * killed in between computes the epoch once more and writes the same.
 */
export async function saveBest(
  directory: string,
  step: number,
  variables: Readonly<Record<string, Variable>>,
): Promise<void> {
  const tensors = await checkpointTensors(variables, {});
  writeCheckpoint(fileIn(directory), { step, tensors, state: null });
}

/**
 * Reads back what {@link saveBest} kept.
 *
 * @throws Error when it is of another epoch than `best`.
 */
export function readBest(directory: string, best: Best, windows: number): Weights {
  const kept = readCheckpoint(fileIn(directory));
  expectFact(kept.step, 'the step of the best epoch', (best.epoch + 1) * windows, kept.step);
  return checkpointWeights(kept, layoutFromJson(best.layout));
}
