import type { GradConfig, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { runFused, type FusedKernel } from './registry.ts';

/** What {@link gradientKernel} needs to know. */
export interface GradientKernelOptions {
  /** The kernel that computes all gradients. */
  readonly backward: FusedKernel;
  /** What it calls the upstream gradient of each output, in their order; those after the last it does not read. */
  readonly upstream: readonly string[];
  /** The inputs that it reads again. */
  readonly inputs: readonly string[];
  /** What it calls each output of the forward kernel, in their order; undefined for one that it does not read. */
  readonly outputs: readonly (string | undefined)[];
  /** The inputs whose gradients it returns, in their order. */
  readonly gradients: readonly string[];
}

/** The gradient of a kernel that is a fused kernel itself, which reads what the forward one saved for it. */
export function gradientKernel(options: GradientKernelOptions): Omit<GradConfig, 'kernelName'> {
  const { backward, upstream, inputs, outputs, gradients } = options;
  const names = [...inputs, ...outputs.filter((name) => name !== undefined)];
  return {
    inputsToSave: [...inputs],
    outputsToSave: outputs.map((name) => name !== undefined),
    gradFunc: (dys, saved, attributes) => {
      // Computed now and not in the functions below: TensorFlow.js calls each in a tidy of its own, and the first would
      // dispose what the others need.
      const computed = runFused(
        backward,
        { ...byName(upstream, [dys].flat()), ...byName(names, saved as unknown as Tensor[]) },
        attributes,
      );
      return Object.fromEntries(gradients.map((name, k) => [name, () => computed[k]!]));
    },
  };
}

function byName(names: readonly string[], tensors: readonly Tensor[]): NamedTensorMap {
  return Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
}
