import type { KernelConfig } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend';
import { fusedKernel } from './fused-kernel.ts';
import { gruSequenceGrad } from './gru-backward.ts';
import { gruSequence } from './gru-forward.ts';

/** Makes the kernels `GruSequence` and `GruSequenceGrad`. */
export function gruKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.gruSequence, gruSequence),
    fusedKernel(KERNELS.gruSequenceGrad, gruSequenceGrad),
  ];
}
