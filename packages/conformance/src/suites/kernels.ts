import type { FusedKernelName } from '@secateur/backend/kernels';
import { crossEntropyGradSuite, crossEntropySuite } from './cross-entropy.ts';
import { distillationSuite } from './distillation.ts';
import { groupNormsSuite } from './group-norms.ts';
import { penalizedGradientSuite, penalizedNormSuite } from './penalized.ts';
import { penaltyFactorsSuite } from './penalty-factors.ts';
import { recurrentGradSuite, recurrentSuite } from './recurrent.ts';
import { shrinkSuite } from './shrink.ts';
import { adamSuite, sgdSuite } from './steps.ts';

/** The tests of each fused kernel. A kernel without any does not compile. */
export const kernelSuites: Readonly<Record<FusedKernelName, () => void>> = {
  RecurrentSequence: recurrentSuite,
  RecurrentSequenceGrad: recurrentGradSuite,
  SparseSoftmaxCrossEntropy: crossEntropySuite,
  SparseSoftmaxCrossEntropyGrad: crossEntropyGradSuite,
  DistilledCrossEntropy: distillationSuite,
  GroupSquaredNorms: groupNormsSuite,
  PenaltyFactors: penaltyFactorsSuite,
  PenalizedSquaredNorm: penalizedNormSuite,
  PenalizedGradient: penalizedGradientSuite,
  SgdStep: sgdSuite,
  AdamStep: adamSuite,
  ShrinkWeight: shrinkSuite,
};
