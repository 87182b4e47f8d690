import type { KernelConfig } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend';
import { fusedKernel } from './fused-kernel.ts';
import { rhnSequenceGrad } from './rhn-backward.ts';
import { rhnSequence } from './rhn-forward.ts';

/** Makes the kernels `RhnSequence` and `RhnSequenceGrad`. */
export function rhnKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.rhnSequence, rhnSequence),
    fusedKernel(KERNELS.rhnSequenceGrad, rhnSequenceGrad),
  ];
}
