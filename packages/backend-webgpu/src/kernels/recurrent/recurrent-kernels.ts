import type { KernelConfig } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend/kernels';
import { fusedKernel } from '../fused-kernel.ts';
import { recurrentSequenceGrad } from './cell-backward.ts';
import { recurrentSequence } from './cell-forward.ts';

/** Makes the kernels `RecurrentSequence` and `RecurrentSequenceGrad`, of every cell. */
export function recurrentKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.recurrentSequence, recurrentSequence),
    fusedKernel(KERNELS.recurrentSequenceGrad, recurrentSequenceGrad),
  ];
}
