import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { squaredSums } from './squared-sums.ts';

/**
 * Makes the `GroupSquaredNorms` kernel of a backend with arrays: every asked axis from one pass over the weight.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, squaredNormsKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(shape[0]!) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const x: TensorInfo = { shape: [1, 3], dtype: 'float32', dataId: [1, 2, 3] };
 * const call = { inputs: { x }, backend: {}, attrs: { axes: [0, 1] } };
 * const norms = squaredNormsKernel('mine', arrays).kernelFunc(call) as TensorInfo[];
 * norms.map(({ dataId }) => dataId); // => [[14], [1, 4, 9]]
 * ```
 */
export function squaredNormsKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: KERNELS.groupSquaredNorms,
    backendName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x } = inputs as { x: TensorInfo };
      const { axes } = attrs as { axes: number[] };
      const sums = squaredSums(arrays.view(backend, x), x.shape, axes);
      return sums.map((sum) => {
        const out = arrays.allocate(backend, [sum.length], 'float32');
        arrays.view(backend, out).set(sum);
        return out;
      });
    },
  };
}
