import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Variable } from '@tensorflow/tfjs-core';
import { layoutFromJson, type Layout, type LayoutJson, type Weights } from '@whittle/groups';
import { fetchVariables } from '@whittle/pruner/tfjs';
import { decodeSafetensors, encodeSafetensors } from '@whittle/safetensors';
import { writeFileAtomic } from '@whittle/training';

/** Which epoch was best on the validation text, and what its network was. */
export interface Best {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** Its validation perplexity. */
  readonly valid: number;
  readonly layout: LayoutJson;
  /** As in a checkpoint's position. */
  readonly origins: Readonly<Record<string, readonly number[]>>;
}

const file = 'best.safetensors';

/**
 * Keeps the weights of the best epoch in a run directory. It is written before the checkpoint that names it: a run that is
 * killed in between computes the epoch once more and writes the same.
 */
export async function saveBest(
  directory: string,
  variables: Readonly<Record<string, Variable>>,
): Promise<void> {
  const weights = await fetchVariables(variables);
  writeFileAtomic(join(directory, file), encodeSafetensors(weights));
}

/** Reads back what {@link saveBest} kept. */
export function readBest(directory: string, best: Best): { weights: Weights; layout: Layout } {
  const layout = layoutFromJson(best.layout);
  const { tensors } = decodeSafetensors(readFileSync(join(directory, file)));
  const weights = Object.fromEntries(
    Object.keys(layout.weights).map((name) => {
      const { shape, data } = tensors[name]!;
      return [name, { shape: [...shape], data: data as Float32Array }];
    }),
  );
  return { weights, layout };
}
