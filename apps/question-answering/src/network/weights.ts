import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@secateur/cells';

/** A matrix by its name. */
export function matrix(weights: NamedTensors, name: string): Tensor2D {
  const weight = weights[name];
  if (weight !== undefined) return weight as Tensor2D;
  throw new Error(
    `bidaf: expected a weight "${name}", found ${Object.keys(weights).join(', ')}; are these the weights of bidafLayout?`,
  );
}
