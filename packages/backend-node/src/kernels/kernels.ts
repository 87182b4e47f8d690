import type { KernelConfig } from '@tensorflow/tfjs-core';
import { lstmSequenceGradKernel } from './lstm-backward.ts';
import { lstmSequenceKernel } from './lstm-forward.ts';
import { updateKernels } from './update-kernels.ts';

/** Kernels that replace or add to those of tfjs-node. */
export function kernels(): readonly KernelConfig[] {
  return all;
}

const all: readonly KernelConfig[] = [
  lstmSequenceKernel(),
  lstmSequenceGradKernel(),
  ...updateKernels(),
];
