import { createHash } from 'node:crypto';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layout, Weights } from '@secateur/groups';
import { updateHash } from '@secateur/safetensors/node';
import { readVariables, type Checkpoint, type SavedTensors } from '@secateur/training';

/** Reads float tensors from the backend as typed arrays of the same names. */
export async function arraysOf(weights: Readonly<Record<string, Tensor>>): Promise<Weights> {
  return (await readVariables(weights)) as Weights;
}

/** A record with a prefix and a slash before each of its names. */
export const prefixed = <T>(
  prefix: string,
  record: Readonly<Record<string, T>>,
): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}/${name}`, value]));

/**
 * The tensors `weights/...` of a checkpoint, or those of another prefix, in the order of the layout, in which the run began:
 * sums over all weights, such as the clip's norm, have other last bits in another order.
 *
 * @throws Error when one is missing.
 */
export function checkpointWeights(
  checkpoint: Checkpoint,
  layout: Layout,
  prefix: 'weights' | 'average' = 'weights',
): Weights {
  return Object.fromEntries(
    Object.keys(layout.weights).map((name) => {
      const saved = checkpoint.tensors[`${prefix}/${name}`];
      if (saved === undefined) {
        throw new Error(
          `the checkpoint of step ${checkpoint.step} lacks the weight "${name}" of its own layout; it was written by another version, so begin the run anew.`,
        );
      }
      return [name, { shape: saved.shape, data: saved.data as Float32Array }];
    }),
  );
}

/** SHA-256 of weights or other tensors and of facts beside them, in hexadecimal, whatever order the tensors have. */
export function digestOf(tensors: SavedTensors, facts: unknown = null): string {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const name of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[name]!;
    hash.update(JSON.stringify([name, shape]));
    updateHash(hash, data);
  }
  return hash.digest('hex');
}
