import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { PenaltyRule } from '../fused/penalty-factors.ts';
import type { ArrayBackend } from './array-backend.ts';
import { penaltyFactorsOf } from './penalty-factors.ts';

type Inputs = Record<
  'squares' | 'sources' | 'sourceFactors' | 'targets' | 'targetFactors',
  TensorInfo
> & { readonly weighting?: TensorInfo };

/**
 * Makes the `PenaltyFactors` kernel of a backend with arrays, where some twenty operations cost more than a loop.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, penaltyFactorsKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(2) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * // Two components of one slice each, whose norms are 1 and 4.
 * const squares: TensorInfo = { shape: [2], dtype: 'float32', dataId: [1, 16] };
 * const own: TensorInfo = { shape: [1, 2], dtype: 'int32', dataId: [0, 1] };
 * const ones: TensorInfo = { shape: [1, 2], dtype: 'float32', dataId: [1, 1] };
 * const inputs = { squares, sources: own, sourceFactors: ones, targets: own, targetFactors: ones };
 * const call = { inputs, backend: {}, attrs: { rule: 'proximal', lambda: 2, epsilon: 0 } };
 * (penaltyFactorsKernel('mine', arrays).kernelFunc(call) as TensorInfo).dataId; // => [0, 0.5]
 * ```
 */
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
