/**
 * Names of the fused kernels; `docs/kernels.md` has the table of their inputs and outputs.
 *
 * @example
 * ```ts
 * import { getKernel } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { KERNELS } from '@secateur/backend/kernels';
 *
 * KERNELS.groupSquaredNorms; // => GroupSquaredNorms
 * // The cpu backend has a kernel of its own for it.
 * await useBackend('cpu');
 * getKernel(KERNELS.groupSquaredNorms, 'cpu').backendName; // => cpu
 * ```
 */
export const KERNELS = {
  recurrentSequence: 'RecurrentSequence',
  recurrentSequenceGrad: 'RecurrentSequenceGrad',
  sparseSoftmaxCrossEntropy: 'SparseSoftmaxCrossEntropy',
  sparseSoftmaxCrossEntropyGrad: 'SparseSoftmaxCrossEntropyGrad',
  distilledCrossEntropy: 'DistilledCrossEntropy',
  groupSquaredNorms: 'GroupSquaredNorms',
  penaltyFactors: 'PenaltyFactors',
  penalizedSquaredNorm: 'PenalizedSquaredNorm',
  penalizedGradient: 'PenalizedGradient',
  sgdStep: 'SgdStep',
  adamStep: 'AdamStep',
  shrinkWeight: 'ShrinkWeight',
} as const;

/** One of the kernel names in {@link KERNELS}. */
export type FusedKernelName = (typeof KERNELS)[keyof typeof KERNELS];
