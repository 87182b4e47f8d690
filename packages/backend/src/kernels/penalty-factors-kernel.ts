import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { PenaltyRule } from '../fused/penalty-factors.ts';
import type { ArrayBackend } from './array-backend.ts';
import { penaltyFactorsOf } from './penalty-factors.ts';

type Inputs = Record<
  'squares' | 'sources' | 'sourceFactors' | 'targets' | 'targetFactors',
  TensorInfo
> & { readonly weighting?: TensorInfo };

/** Makes the `PenaltyFactors` kernel of a backend with arrays, where some twenty operations cost more than a loop. */
export function penaltyFactorsKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: KERNELS.penaltyFactors,
    backendName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { squares, sources, sourceFactors, targets, targetFactors, weighting } =
        inputs as unknown as Inputs;
      const view = (info: TensorInfo) => arrays.view(backend, info);
      const factors = penaltyFactorsOf(
        {
          squares: view(squares),
          sources: view(sources),
          sourceFactors: view(sourceFactors),
          targets: view(targets),
          targetFactors: view(targetFactors),
          weighting: weighting === undefined ? undefined : view(weighting),
          components: sources.shape[1]!,
        },
        attrs as unknown as PenaltyRule,
      );
      const out = arrays.allocate(backend, [factors.length], 'float32');
      arrays.view(backend, out).set(factors);
      return out;
    },
  };
}
