import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Variables or tensors by the names of the layout, such as `words`, `context/fw/kernel` or `start/kernel`. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A matrix by its name. */
export function matrix(weights: NamedTensors, name: string): Tensor2D {
  return found(weights, name) as Tensor2D;
}

/** A vector by its name. */
export function vector(weights: NamedTensors, name: string): Tensor1D {
  return found(weights, name) as Tensor1D;
}

function found(weights: NamedTensors, name: string): Tensor {
  const weight = weights[name];
  if (weight !== undefined) return weight;
  throw new Error(
    `bidaf: expected a weight "${name}", found ${Object.keys(weights).join(', ')}; are these the weights of bidafLayout?`,
  );
}
