import type { KernelConfig } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend';
import { fusedKernel } from './fused-kernel.ts';
import { lstmSequenceGrad } from './lstm-backward.ts';
import { lstmSequence } from './lstm-forward.ts';

/** Makes the kernels `LstmSequence` and `LstmSequenceGrad`. */
export function lstmKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.lstmSequence, lstmSequence),
    fusedKernel(KERNELS.lstmSequenceGrad, lstmSequenceGrad),
  ];
}
