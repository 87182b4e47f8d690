import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { squaredSums } from './squared-sums.ts';

/** Makes the `GroupSquaredNorms` kernel of a backend with arrays: every asked axis from one pass over the weight. */
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
