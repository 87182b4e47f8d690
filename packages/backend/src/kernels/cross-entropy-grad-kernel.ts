import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { crossEntropyGrad } from './cross-entropy-grad.ts';

/**
 * Makes the `SparseSoftmaxCrossEntropyGrad` kernel of a backend with arrays.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, crossEntropyGradKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(2) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const dy: TensorInfo = { shape: [1], dtype: 'float32', dataId: [1] };
 * const probabilities: TensorInfo = { shape: [1, 2], dtype: 'float32', dataId: [0.25, 0.75] };
 * const labels: TensorInfo = { shape: [1], dtype: 'int32', dataId: [0] };
 * const call = { inputs: { dy, probabilities, labels }, backend: {} };
 * const { kernelFunc } = crossEntropyGradKernel('mine', arrays);
 * (kernelFunc(call) as TensorInfo).dataId; // => [-0.75, 0.75]
 * ```
 */
export function crossEntropyGradKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: KERNELS.sparseSoftmaxCrossEntropyGrad,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { dy, probabilities, labels } = inputs as Record<
        'dy' | 'probabilities' | 'labels',
        TensorInfo
      >;
      const out = arrays.allocate(backend, probabilities.shape, 'float32');
      crossEntropyGrad(
        arrays.view(backend, dy),
        arrays.view(backend, probabilities),
        arrays.view(backend, labels),
        arrays.view(backend, out) as Float32Array,
      );
      return out;
    },
  };
}
