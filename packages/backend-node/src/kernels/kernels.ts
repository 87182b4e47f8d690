import type { KernelConfig } from '@tensorflow/tfjs-core';
import { concatKernel } from './concat-kernel.ts';
import { distillationKernel } from './distillation-kernel.ts';
import { productKernels } from './product-kernels.ts';
import { recurrentSequenceKernels } from './recurrent-sequence.ts';
import { stepKernel } from './step-kernel.ts';
import { updateKernels } from './update-kernels.ts';

let configs: readonly KernelConfig[] | undefined;

/**
 * Kernels that replace or add to those of tfjs-node, which has to be loaded. Made once: the product wraps the stock
 * kernel, and must not wrap itself when the backend is started again.
 */
export function kernels(): readonly KernelConfig[] {
  configs ??= [
    ...recurrentSequenceKernels(),
    ...productKernels(),
    concatKernel(),
    stepKernel(),
    distillationKernel(),
    ...updateKernels(),
  ];
  return configs;
}
