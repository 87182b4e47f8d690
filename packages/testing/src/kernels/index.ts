/**
 * The tests of every fused kernel, for any backend: a package runs them on its own, `@secateur/conformance` on all, in browsers too.
 * @packageDocumentation
 */
import type { FusedKernelName } from '@secateur/backend/kernels';
import { crossEntropyGradSuite, crossEntropySuite } from './cross-entropy.ts';
import { distillationSuite } from './distillation.ts';
import { groupNormsSuite } from './group-norms.ts';
import { penalizedGradientSuite, penalizedNormSuite } from './penalized.ts';
import { penaltyFactorsSuite } from './penalty-factors.ts';
import { recurrentGradSuite, recurrentSuite } from './recurrent.ts';
import { shrinkSuite } from './shrink.ts';
import { adamSuite, sgdSuite } from './steps.ts';
import type { SuiteOptions } from './suite.ts';
import { describe } from 'vitest';

export type { SuiteOptions } from './suite.ts';

const suites: Readonly<Record<FusedKernelName, (options?: SuiteOptions) => void>> = {
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

/** The kernels of whole sequences, whose tests take most of the time. */
export const sequenceKernels: readonly FusedKernelName[] = [
  'RecurrentSequence',
  'RecurrentSequenceGrad',
];

/** All other kernels. */
export const singleKernels: readonly FusedKernelName[] = (
  Object.keys(suites) as FusedKernelName[]
).filter((name) => !sequenceKernels.includes(name));

/** Declares the tests of fused kernels; a kernel without tests does not compile. */
export function kernelSuites(names: readonly FusedKernelName[], options?: SuiteOptions): void {
  for (const name of names) {
    describe(name, () => {
      suites[name](options);
    });
  }
}
